-- A column's type under statistics.

-- from
CREATE TABLE t (a int, b int);
CREATE STATISTICS s ON a, b FROM t;

-- to
CREATE TABLE t (a bigint, b int);
CREATE STATISTICS s ON a, b FROM t;

-- rows
INSERT INTO t VALUES (1, 2);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN a TYPE bigint;
