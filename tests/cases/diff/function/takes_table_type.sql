-- A function of a table's row, and one returning rows.

-- from
CREATE TABLE t (id int PRIMARY KEY);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE FUNCTION label(r t) RETURNS text LANGUAGE sql STABLE AS $$ SELECT r.a $$;
CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql STABLE AS $$ SELECT * FROM t $$;

-- rows
INSERT INTO t VALUES (1);

-- expect
CREATE FUNCTION all_t()
 RETURNS SETOF t
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM t $function$;

ALTER TABLE t ADD COLUMN a text;

CREATE FUNCTION label(r t)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ SELECT r.a $function$;
