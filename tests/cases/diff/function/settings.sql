-- A setting comes and one goes.

-- from
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem TO '1MB' AS $$ SELECT 1 $$;

-- to
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path TO public, pg_temp SET timezone TO 'UTC' AS $$ SELECT 1 $$;

-- expect
CREATE OR REPLACE FUNCTION f()
 RETURNS integer
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$ SELECT 1 $function$;
