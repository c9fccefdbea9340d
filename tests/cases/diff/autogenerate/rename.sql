-- Alembic: drop and add, the rows are gone.

-- from
CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL);

-- to
CREATE TABLE t (id int PRIMARY KEY, title text NOT NULL);

-- rows
INSERT INTO t VALUES (1, 'x');

-- keeps
t.name=t.title

-- hazards
rename-assumed: `t.name` is taken to become `t.title`

-- expect
ALTER TABLE t RENAME COLUMN name TO title;
