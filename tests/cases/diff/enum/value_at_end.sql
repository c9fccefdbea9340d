-- A value after the last.

-- from
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood);

-- to
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, m mood);

-- rows
INSERT INTO t VALUES (1, 'ok');

-- hazards
irreversible: PostgreSQL can't remove a value from an enum in place

-- expect
ALTER TYPE mood ADD VALUE 'happy';
