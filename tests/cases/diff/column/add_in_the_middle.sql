-- The order of the target can't be had, the plan says so.

-- from
CREATE TABLE t (id int PRIMARY KEY, z text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a int, z text);

-- rows
INSERT INTO t VALUES (1, 'z');

-- expect
ALTER TABLE t ADD COLUMN a integer;
