-- A value comes and is a default in the same step.

-- from
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'new');

-- to
CREATE TYPE state AS ENUM ('new', 'done', 'draft');
CREATE TABLE t (id int PRIMARY KEY, s state NOT NULL DEFAULT 'draft');
CREATE INDEX t_draft ON t (id) WHERE s = 'draft';

-- rows
INSERT INTO t VALUES (1, 'done');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.s` holds a value that the new type hasn't
lock: SHARE on `t`

-- expect
ALTER TABLE t ALTER COLUMN s DROP DEFAULT;

ALTER TYPE state RENAME TO state_old;

CREATE TYPE state AS ENUM ('new', 'done', 'draft');

ALTER TABLE t ALTER COLUMN s TYPE state USING s::text::state;

ALTER TABLE t ALTER COLUMN s SET DEFAULT 'draft';

CREATE INDEX t_draft ON t (id) WHERE (s = 'draft'::state);

DROP TYPE state_old;
