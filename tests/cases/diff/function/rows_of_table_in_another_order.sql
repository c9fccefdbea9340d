-- Functions that return the rows of a table whose new column can't stand where the target has it: those with a
-- SQL-standard body name the columns, and do so in the order of the table.

-- needs
14

-- both
CREATE FUNCTION shown(t text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper(t);

-- from
CREATE TABLE t (id int PRIMARY KEY, a text, b text);
CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM t ORDER BY id; END;

-- to
CREATE TABLE t (new text, id int PRIMARY KEY, b text, a text);
CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM t ORDER BY id; END;
CREATE FUNCTION one_t(n int) RETURNS t LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 1;
    SELECT new, id, shown(b), coalesce(a, 'x, y') FROM t WHERE id = n;
END;
CREATE FUNCTION text_t() RETURNS SETOF t LANGUAGE sql STABLE AS $$ SELECT * FROM t $$;

-- rows
INSERT INTO t VALUES (1, 'a', 'b');

-- expect
CREATE FUNCTION text_t()
 RETURNS SETOF t
 LANGUAGE sql
 STABLE
AS $function$ SELECT * FROM t $function$;

ALTER TABLE t ADD COLUMN new text;

CREATE OR REPLACE FUNCTION all_t()
 RETURNS SETOF t
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT t.id,
     t.a,
     t.b,
     t.new
    FROM t
   ORDER BY t.id;
END;

CREATE FUNCTION one_t(n integer)
 RETURNS t
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT 1;
 SELECT t.id,
     COALESCE(t.a, 'x, y'::text) AS "coalesce",
     shown(t.b) AS shown,
     t.new
    FROM t
   WHERE (t.id = one_t.n);
END;
