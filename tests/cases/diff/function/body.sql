-- Another body: CREATE OR REPLACE, nothing else.

-- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE VIEW v AS SELECT f(1) AS x;

-- to
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a + 1 $$;
CREATE VIEW v AS SELECT f(1) AS x;

-- expect
CREATE OR REPLACE FUNCTION f(a integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ SELECT a + 1 $function$;
