-- A function gets one argument more, with a default: the old one goes first, or calls would fit both.

-- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE VIEW v AS SELECT f(1) AS x;
CREATE TABLE t (a int DEFAULT f(1), CHECK (f(a) > 0));
CREATE INDEX i ON t (f(a));

-- to
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$;
CREATE VIEW v AS SELECT f(1) AS x;
CREATE TABLE t (a int DEFAULT f(1), CHECK (f(a) > 0));
CREATE INDEX i ON t (f(a));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_a_check`
lock: SHARE on `t`

-- expect
DROP VIEW v;

ALTER TABLE t DROP CONSTRAINT t_a_check;

DROP INDEX i;

ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

DROP FUNCTION f(integer);

CREATE FUNCTION f(a integer, b integer DEFAULT 1)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT a $function$;

ALTER TABLE t ALTER COLUMN a SET DEFAULT f(1);

ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (f(a) > 0);

CREATE INDEX i ON t (f(a));

CREATE VIEW v AS
SELECT f(1) AS x;
