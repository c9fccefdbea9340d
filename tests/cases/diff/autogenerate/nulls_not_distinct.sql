-- Alembic: seen.

-- needs
15

-- from
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (a));
CREATE UNIQUE INDEX i ON t (b);

-- to
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a));
CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT;

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `u`
lock: SHARE on `t`
may-fail: rows of `t` are not unique

-- expect
ALTER TABLE t DROP CONSTRAINT u;

DROP INDEX i;

ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a);

CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT;
