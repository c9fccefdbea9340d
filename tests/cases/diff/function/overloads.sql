-- One overload goes, one comes, one stays.

-- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS $$ SELECT a $$;

-- to
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
CREATE FUNCTION f(a date) RETURNS date LANGUAGE sql AS $$ SELECT a $$;

-- expect
DROP FUNCTION f(text);

CREATE FUNCTION f(a date)
 RETURNS date
 LANGUAGE sql
AS $function$ SELECT a $function$;
