-- Another result: drop and create, with the view and the default on it.

-- from
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE VIEW v AS SELECT f() AS x;
CREATE TABLE t (id int PRIMARY KEY, a bigint DEFAULT f());

-- to
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;
CREATE VIEW v AS SELECT f() AS x;
CREATE TABLE t (id int PRIMARY KEY, a bigint DEFAULT f());

-- rows
INSERT INTO t VALUES (1, 2);

-- expect
DROP VIEW v;

ALTER TABLE t ALTER COLUMN a DROP DEFAULT;

DROP FUNCTION f();

CREATE FUNCTION f()
 RETURNS bigint
 LANGUAGE sql
AS $function$ SELECT 1::bigint $function$;

ALTER TABLE t ALTER COLUMN a SET DEFAULT f();

CREATE VIEW v AS
SELECT f() AS x;
