-- Names that need quotes.

-- from
CREATE SCHEMA "Sales Dept";
CREATE TABLE "Sales Dept"."Order" ("Id" bigint PRIMARY KEY, "select" text);

-- to
CREATE SCHEMA "Sales Dept";
CREATE TABLE "Sales Dept"."Order" ("Id" bigint PRIMARY KEY, "select" text, "it's" text);
CREATE INDEX "Order by select" ON "Sales Dept"."Order" ("select");

-- rows
INSERT INTO "Sales Dept"."Order" VALUES (1, 'x');

-- hazards
lock: SHARE on `"Sales Dept"."Order"`

-- expect
ALTER TABLE "Sales Dept"."Order" ADD COLUMN "it's" text;

CREATE INDEX "Order by select" ON "Sales Dept"."Order" ("select");
