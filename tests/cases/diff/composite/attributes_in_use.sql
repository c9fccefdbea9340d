-- The same under a column of the type.

-- from
CREATE TYPE addr AS (street text, no int);
CREATE TABLE t (id int PRIMARY KEY, a addr);

-- to
CREATE TYPE addr AS (street text, no int, zip text);
CREATE TABLE t (id int PRIMARY KEY, a addr);

-- rows
INSERT INTO t VALUES (1, NULL);

-- expect
ALTER TYPE addr ADD ATTRIBUTE zip text;
