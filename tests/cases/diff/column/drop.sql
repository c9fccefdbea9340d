-- A column with its index and check.

-- from
CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0), b text);
CREATE INDEX t_a ON t (a);

-- to
CREATE TABLE t (id int PRIMARY KEY, b text);

-- rows
INSERT INTO t VALUES (1, 2, 'x');

-- loses
t.a

-- hazards
data-loss: all values of `t.a`

-- expect
ALTER TABLE t DROP COLUMN a;
