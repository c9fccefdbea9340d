-- A removed value under a default, a check, a predicate, an array, a view, a function and a mixed-case name.

-- from
CREATE SCHEMA "App";
CREATE TYPE "App"."State" AS ENUM ('A', 'b', 'gone');
COMMENT ON TYPE "App"."State" IS 'states';
CREATE TABLE "App".t ("Id" int PRIMARY KEY, "S" "App"."State" NOT NULL DEFAULT 'A', list "App"."State"[] NOT NULL DEFAULT ARRAY['A'::"App"."State"], CONSTRAINT "T_check" CHECK ("S" <> 'b' OR "Id" > 0));
CREATE UNIQUE INDEX "T_one" ON "App".t ("S") WHERE "S" = 'A';
CREATE VIEW "App".v AS SELECT "Id" FROM "App".t WHERE "S" = ANY (ARRAY['A'::"App"."State", 'b']);
CREATE FUNCTION "App".f("App"."State") RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;

-- to
CREATE SCHEMA "App";
CREATE TYPE "App"."State" AS ENUM ('A', 'b');
COMMENT ON TYPE "App"."State" IS 'states';
CREATE TABLE "App".t ("Id" int PRIMARY KEY, "S" "App"."State" NOT NULL DEFAULT 'A', list "App"."State"[] NOT NULL DEFAULT ARRAY['A'::"App"."State"], CONSTRAINT "T_check" CHECK ("S" <> 'b' OR "Id" > 0));
CREATE UNIQUE INDEX "T_one" ON "App".t ("S") WHERE "S" = 'A';
CREATE VIEW "App".v AS SELECT "Id" FROM "App".t WHERE "S" = ANY (ARRAY['A'::"App"."State", 'b']);
CREATE FUNCTION "App".f("App"."State") RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;

-- rows
INSERT INTO "App".t VALUES (1, 'A', '{b,A}');

-- hazards
lock: ACCESS EXCLUSIVE on `"App".t`
rewrite: writes `"App".t` anew
may-fail: `"App".t.list` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `"App".t`
rewrite: writes `"App".t` anew
may-fail: `"App".t."S"` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `"App".t`
may-fail: rows of `"App".t` break `T_check`
lock: SHARE on `"App".t`
may-fail: rows of `"App".t` are not unique

-- expect
DROP VIEW "App".v;

ALTER TABLE "App".t DROP CONSTRAINT "T_check";

DROP INDEX "App"."T_one";

ALTER TABLE "App".t ALTER COLUMN "S" DROP DEFAULT;

ALTER TABLE "App".t ALTER COLUMN list DROP DEFAULT;

DROP FUNCTION "App".f("App"."State");

ALTER TYPE "App"."State" RENAME TO "State_old";

CREATE TYPE "App"."State" AS ENUM ('A', 'b');

CREATE FUNCTION "App".f("App"."State")
 RETURNS integer
 LANGUAGE sql
AS $function$ SELECT 1 $function$;

ALTER TABLE "App".t ALTER COLUMN list TYPE "App"."State"[] USING list::text[]::"App"."State"[];

ALTER TABLE "App".t ALTER COLUMN "S" TYPE "App"."State" USING "S"::text::"App"."State";

ALTER TABLE "App".t ALTER COLUMN "S" SET DEFAULT 'A';

ALTER TABLE "App".t ALTER COLUMN list SET DEFAULT ARRAY['A'::"App"."State"];

ALTER TABLE "App".t ADD CONSTRAINT "T_check" CHECK (("S" <> 'b'::"App"."State") OR ("Id" > 0));

CREATE UNIQUE INDEX "T_one" ON "App".t ("S") WHERE ("S" = 'A'::"App"."State");

CREATE VIEW "App".v AS
SELECT t."Id"
   FROM "App".t
  WHERE (t."S" = ANY (ARRAY['A'::"App"."State", 'b'::"App"."State"]));

COMMENT ON TYPE "App"."State" IS 'states';

DROP TYPE "App"."State_old";
