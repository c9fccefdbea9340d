-- A check that calls a function of the same step.

-- from
CREATE TABLE t (a text);

-- to
CREATE FUNCTION is_code(v text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v ~ '^[A-Z]+$' $$;
CREATE TABLE t (a text CONSTRAINT t_code CHECK (is_code(a)));

-- rows
INSERT INTO t VALUES ('AB');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_code`

-- expect
CREATE FUNCTION is_code(v text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT v ~ '^[A-Z]+$' $function$;

ALTER TABLE t ADD CONSTRAINT t_code CHECK (is_code(a));
