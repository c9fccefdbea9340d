-- NOT NULL to NULL.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- rows
INSERT INTO t VALUES (1, 'x');

-- expect
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
