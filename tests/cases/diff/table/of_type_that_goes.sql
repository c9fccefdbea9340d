-- The type of a typed table goes, the table and its rows stay.

-- from
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t OF pair;

-- to
CREATE TABLE t (x int, y text);

-- rows
INSERT INTO t VALUES (1, 'a');

-- expect
ALTER TABLE t NOT OF;

DROP TYPE pair;
