-- A check over two columns.

-- from
CREATE TABLE t (a int, b int);

-- to
CREATE TABLE t (a int, b int, CONSTRAINT a_below_b CHECK (a < b));

-- rows
INSERT INTO t VALUES (1, 2);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `a_below_b`

-- expect
ALTER TABLE t ADD CONSTRAINT a_below_b CHECK (a < b);
