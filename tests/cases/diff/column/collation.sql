-- A collation comes on a column.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE INDEX t_a ON t (a);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "C");
CREATE INDEX t_a ON t (a);

-- rows
INSERT INTO t VALUES (1, 'x');

-- expect
ALTER TABLE t ALTER COLUMN a TYPE text COLLATE "C";
