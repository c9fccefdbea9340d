-- The type of a typed table changes: the table leaves it, changes alike and takes it again, with its rows.

-- from
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t OF pair (x WITH OPTIONS PRIMARY KEY);

-- to
CREATE TYPE pair AS (x bigint, y text, z int);
CREATE TABLE t OF pair (x WITH OPTIONS PRIMARY KEY);

-- rows
INSERT INTO t VALUES (1, 'a');

-- hazards
may-fail: a column of `pair` exists
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t NOT OF;

ALTER TYPE pair ALTER ATTRIBUTE x TYPE bigint;

ALTER TYPE pair ADD ATTRIBUTE z integer;

ALTER TABLE t ALTER COLUMN x TYPE bigint;

ALTER TABLE t ADD COLUMN z integer;

ALTER TABLE t OF pair;
