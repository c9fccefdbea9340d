-- Alembic: the order of the columns and DEFERRABLE are silent.

-- from
CREATE TABLE t (a int, b int, c int, CONSTRAINT u1 UNIQUE (a, b), CONSTRAINT u2 UNIQUE (c));

-- to
CREATE TABLE t (a int, b int, c int, CONSTRAINT u1 UNIQUE (b, a), CONSTRAINT u2 UNIQUE (c) DEFERRABLE);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `u1`
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `u2`

-- expect
ALTER TABLE t DROP CONSTRAINT u1;

ALTER TABLE t DROP CONSTRAINT u2;

ALTER TABLE t ADD CONSTRAINT u1 UNIQUE (b, a);

ALTER TABLE t ADD CONSTRAINT u2 UNIQUE (c) DEFERRABLE;
