-- Functions that a default, a trigger, an index and a generated column use.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION slug(a text) RETURNS text LANGUAGE sql AS $$ SELECT lower(a) $$;

-- to
CREATE FUNCTION slug(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(a) $$;
CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'c' || random()::text $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE t (id int PRIMARY KEY, a text, c text DEFAULT code(), s text GENERATED ALWAYS AS (slug(a)) STORED);
CREATE INDEX t_slug ON t (slug(a));
CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();

-- rows
INSERT INTO t VALUES (1, 'X');

-- hazards
lock: SHARE on `t`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
CREATE OR REPLACE FUNCTION slug(a text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT lower(a) $function$;

CREATE FUNCTION touch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RETURN NEW; END $function$;

CREATE INDEX t_slug ON t (slug(a));

CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();

CREATE FUNCTION code()
 RETURNS text
 LANGUAGE sql
AS $function$ SELECT 'c' || random()::text $function$;

ALTER TABLE t ADD COLUMN c text DEFAULT code();

ALTER TABLE t ADD COLUMN s text GENERATED ALWAYS AS (slug(a)) STORED;
