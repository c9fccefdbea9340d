-- A text column with a default becomes a new enum with a default.

-- from
CREATE TABLE t (id int PRIMARY KEY, s varchar(20) NOT NULL DEFAULT 'new');
CREATE INDEX t_s ON t (s);

-- to
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'new');
CREATE INDEX t_s ON t (s);

-- rows
INSERT INTO t VALUES (1, 'done');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.s` is no public.state

-- expect
ALTER TABLE t ALTER COLUMN s DROP DEFAULT;

CREATE TYPE state AS ENUM ('new', 'done');

ALTER TABLE t ALTER COLUMN s TYPE state USING s::state;

ALTER TABLE t ALTER COLUMN s SET DEFAULT 'new';
