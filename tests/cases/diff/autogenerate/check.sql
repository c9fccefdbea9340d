-- Alembic: off, and by name only where it is on.

-- from
CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0), CHECK (a < 50));

-- to
CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 1), CHECK (a < 50));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `c`

-- expect
ALTER TABLE t DROP CONSTRAINT c;

ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1);
