-- String bodies that call each other, made before the tables they read.

-- to
CREATE TABLE t (id int PRIMARY KEY);
CREATE FUNCTION b() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM t $$;
CREATE FUNCTION a() RETURNS bigint LANGUAGE sql AS $$ SELECT b() $$;

-- expect
CREATE TABLE t (
    id integer PRIMARY KEY
);

CREATE FUNCTION b()
 RETURNS bigint
 LANGUAGE sql
AS $function$ SELECT count(*) FROM t $function$;

CREATE FUNCTION a()
 RETURNS bigint
 LANGUAGE sql
AS $function$ SELECT b() $function$;
