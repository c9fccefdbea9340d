-- Alembic: seen.

-- from
CREATE TABLE t (a int, b int, c int, d int, CONSTRAINT gone UNIQUE (a), CONSTRAINT old UNIQUE (b), CONSTRAINT other UNIQUE (c));

-- to
CREATE TABLE t (a int, b int, c int, d int, CONSTRAINT new UNIQUE (b), CONSTRAINT other UNIQUE (c, d), CONSTRAINT come UNIQUE (d));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `come`
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `other`

-- expect
ALTER TABLE t RENAME CONSTRAINT old TO new;

ALTER TABLE t DROP CONSTRAINT gone;

ALTER TABLE t DROP CONSTRAINT other;

ALTER TABLE t ADD CONSTRAINT come UNIQUE (d);

ALTER TABLE t ADD CONSTRAINT other UNIQUE (c, d);
