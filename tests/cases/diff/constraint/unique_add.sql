-- A unique constraint over two columns, with an included one.

-- from
CREATE TABLE t (a int, b int, c int);

-- to
CREATE TABLE t (a int, b int, c int, UNIQUE (a, b) INCLUDE (c));

-- rows
INSERT INTO t VALUES (1, 2, 3);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `t_a_b_c_key`

-- expect
ALTER TABLE t ADD CONSTRAINT t_a_b_c_key UNIQUE (a, b) INCLUDE (c);
