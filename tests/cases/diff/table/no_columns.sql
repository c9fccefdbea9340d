-- A table without a column gets one.

-- from
CREATE TABLE t ();

-- to
CREATE TABLE t (a int);

-- expect
ALTER TABLE t ADD COLUMN a integer;
