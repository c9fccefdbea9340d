-- Alembic: NOT NULL without default, which fails on a table with rows.

-- from
CREATE TABLE t (id int PRIMARY KEY);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);

-- hazards
may-fail: `t` has rows

-- expect
ALTER TABLE t ADD COLUMN a text NOT NULL;
