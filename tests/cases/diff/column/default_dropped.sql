-- A default goes.

-- from
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 5);

-- to
CREATE TABLE t (id int PRIMARY KEY, a int);

-- expect
ALTER TABLE t ALTER COLUMN a DROP DEFAULT;
