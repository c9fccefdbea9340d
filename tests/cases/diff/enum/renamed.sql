-- A told rename of the type.

-- from
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'sad');

-- to
CREATE TYPE feeling AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m feeling DEFAULT 'sad');

-- rows
INSERT INTO t VALUES (1, 'ok');

-- rename
mood=feeling

-- expect
ALTER TYPE mood RENAME TO feeling;
