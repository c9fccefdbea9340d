-- Alembic: another type for the column, which no statement makes.

-- from
CREATE TYPE state AS ENUM ('a', 'b');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'a');

-- to
CREATE TYPE condition AS ENUM ('a', 'b');
CREATE TABLE t (id int PRIMARY KEY, s condition NOT NULL DEFAULT 'a');

-- rows
INSERT INTO t VALUES (1, 'b');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.s` is no public.condition

-- expect
ALTER TABLE t ALTER COLUMN s DROP DEFAULT;

CREATE TYPE condition AS ENUM ('a', 'b');

ALTER TABLE t ALTER COLUMN s TYPE condition USING s::text::condition;

ALTER TABLE t ALTER COLUMN s SET DEFAULT 'a';

DROP TYPE state;
