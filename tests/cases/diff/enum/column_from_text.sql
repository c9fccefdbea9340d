-- A text column with a default and a check becomes an enum.

-- from
CREATE TABLE t (id int PRIMARY KEY, s text NOT NULL DEFAULT 'new' CHECK (s IN ('new', 'done')));

-- to
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'new');

-- rows
INSERT INTO t VALUES (1, 'done');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.s` is no public.state

-- expect
ALTER TABLE t DROP CONSTRAINT t_s_check;

ALTER TABLE t ALTER COLUMN s DROP DEFAULT;

CREATE TYPE state AS ENUM ('new', 'done');

ALTER TABLE t ALTER COLUMN s TYPE state USING s::state;

ALTER TABLE t ALTER COLUMN s SET DEFAULT 'new';
