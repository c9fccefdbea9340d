-- Alembic: the type is not made, the script fails; the way back leaves the type.

-- from
CREATE TABLE t (id int PRIMARY KEY);

-- to
CREATE TYPE state AS ENUM ('a', 'b');
CREATE TABLE t (id int PRIMARY KEY, s state);

-- rows
INSERT INTO t VALUES (1);

-- expect
CREATE TYPE state AS ENUM ('a', 'b');

ALTER TABLE t ADD COLUMN s state;
