-- Alembic: silent on PostgreSQL.

-- from
CREATE TYPE added AS ENUM ('a', 'b');
CREATE TYPE removed AS ENUM ('a', 'b');
CREATE TYPE reordered AS ENUM ('a', 'b');
CREATE TABLE t (x added, y removed, z reordered);

-- to
CREATE TYPE added AS ENUM ('a', 'b', 'c');
CREATE TYPE removed AS ENUM ('a');
CREATE TYPE reordered AS ENUM ('b', 'a');
CREATE TABLE t (x added, y removed, z reordered);

-- rows
INSERT INTO t VALUES ('a', 'a', 'a');

-- hazards
irreversible: PostgreSQL can't remove a value from an enum in place
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.z` holds a value that the new type hasn't
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: `t.y` holds a value that the new type hasn't

-- expect
ALTER TYPE added ADD VALUE 'c';

ALTER TYPE removed RENAME TO removed_old;

CREATE TYPE removed AS ENUM ('a');

ALTER TYPE reordered RENAME TO reordered_old;

CREATE TYPE reordered AS ENUM ('b', 'a');

ALTER TABLE t ALTER COLUMN z TYPE reordered USING z::text::reordered;

ALTER TABLE t ALTER COLUMN y TYPE removed USING y::text::removed;

DROP TYPE removed_old;

DROP TYPE reordered_old;
