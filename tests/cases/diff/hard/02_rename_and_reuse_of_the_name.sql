-- `total` becomes `total_old`, and a new `total` of another meaning comes.

-- from
CREATE TABLE t (id int PRIMARY KEY, total int);

-- to
CREATE TABLE t (id int PRIMARY KEY, total_old int, total int);

-- rows
INSERT INTO t VALUES (1, 42);

-- rename
t.total=t.total_old

-- expect
ALTER TABLE t RENAME COLUMN total TO total_old;

ALTER TABLE t ADD COLUMN total integer;
