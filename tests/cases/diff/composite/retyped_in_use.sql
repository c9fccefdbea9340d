-- An attribute of a type in use gets another type: the columns move over, attribute by attribute.

-- from
CREATE TYPE pair AS (x int, y text, gone int);
CREATE TABLE t (id int, p pair, ps pair[]);
CREATE FUNCTION f(pair) RETURNS int LANGUAGE sql AS $$ SELECT ($1).x $$;

-- to
CREATE TYPE pair AS (x bigint, y text COLLATE "C", z int);
CREATE TABLE t (id int, p pair, ps pair[]);
CREATE FUNCTION f(pair) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;

-- rows
INSERT INTO t VALUES (1, ROW(1, 'a', NULL), '{"(1,a,3)"}'), (2, NULL, NULL);

-- hazards
data-loss: `gone` of all values of `t.ps`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.ps` holds a value that the new type hasn't
data-loss: `gone` of all values of `t.p`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.p` holds a value that the new type hasn't

-- expect
DROP FUNCTION f(pair);

ALTER TYPE pair RENAME TO pair_old;

CREATE TYPE pair AS (
    x bigint,
    y text COLLATE "C",
    z integer
);

CREATE FUNCTION f(pair)
 RETURNS integer
 LANGUAGE sql
AS $function$ SELECT 1 $function$;

ALTER TABLE t ALTER COLUMN ps TYPE pair[] USING ps::text[]::pair[];

ALTER TABLE t ALTER COLUMN p TYPE pair USING CASE WHEN p IS DISTINCT FROM NULL THEN ROW((p).x::bigint, (p).y::text, NULL)::pair END;

DROP TYPE pair_old;
