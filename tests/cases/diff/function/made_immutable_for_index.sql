-- A function turned immutable for an index of the same step.

-- from
CREATE FUNCTION norm(a text) RETURNS text LANGUAGE sql AS $$ SELECT lower(a) $$;
CREATE TABLE t (id int PRIMARY KEY, a text);

-- to
CREATE FUNCTION norm(a text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(a) $$;
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE INDEX t_norm ON t (norm(a));

-- rows
INSERT INTO t VALUES (1, 'X');

-- hazards
lock: SHARE on `t`

-- expect
CREATE OR REPLACE FUNCTION norm(a text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT lower(a) $function$;

CREATE INDEX t_norm ON t (norm(a));
