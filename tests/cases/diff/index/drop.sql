-- An index goes.

-- from
CREATE TABLE t (a int);
CREATE INDEX t_a ON t (a);

-- to
CREATE TABLE t (a int);

-- expect
DROP INDEX t_a;
