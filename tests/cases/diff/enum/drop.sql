-- A type with the column that has it.

-- from
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok');

-- to
CREATE TABLE t (id int PRIMARY KEY);

-- rows
INSERT INTO t VALUES (1);

-- loses
t.m

-- hazards
data-loss: all values of `t.m`

-- expect
ALTER TABLE t DROP COLUMN m;

DROP TYPE mood;
