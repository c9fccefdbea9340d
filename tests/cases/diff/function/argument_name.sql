-- A renamed argument can't be replaced in place.

-- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;

-- to
CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS $$ SELECT b $$;

-- expect
DROP FUNCTION f(integer);

CREATE FUNCTION f(b integer)
 RETURNS integer
 LANGUAGE sql
AS $function$ SELECT b $function$;
