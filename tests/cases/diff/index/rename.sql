-- Only the name: an index of the same definition is renamed.

-- from
CREATE TABLE t (a int, b int);
CREATE INDEX idx1 ON t (a, b);

-- to
CREATE TABLE t (a int, b int);
CREATE INDEX t_a_b ON t (a, b);

-- expect
ALTER INDEX idx1 RENAME TO t_a_b;
