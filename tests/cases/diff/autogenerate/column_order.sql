-- Alembic: silent; here the plan says that the order can't be had.

-- from
CREATE TABLE t (a int, b text);

-- to
CREATE TABLE t (b text, a int);

-- rows
INSERT INTO t VALUES (1, 'x');

-- expect

