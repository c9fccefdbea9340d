-- A domain whose check calls a function that the step makes.

-- to
CREATE FUNCTION positive(v int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v > 0 $$;
CREATE DOMAIN pos AS int CHECK (positive(VALUE));
CREATE TABLE t (p pos);

-- expect
CREATE DOMAIN pos AS integer;

CREATE FUNCTION positive(v integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT v > 0 $function$;

ALTER DOMAIN pos ADD CONSTRAINT pos_check CHECK (positive(VALUE));

CREATE TABLE t (
    p pos
);
