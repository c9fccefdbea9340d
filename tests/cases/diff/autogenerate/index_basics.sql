-- Alembic: seen.

-- from
CREATE TABLE t (a int, b text);
CREATE INDEX i1 ON t (a);
CREATE INDEX i2 ON t (a, b);
CREATE INDEX i3 ON t (a);

-- to
CREATE TABLE t (a int, b text);
CREATE INDEX i2 ON t (b, a);
CREATE UNIQUE INDEX i3 ON t (a DESC NULLS LAST);
CREATE INDEX i4 ON t (lower(b));

-- hazards
lock: SHARE on `t`
lock: SHARE on `t`
may-fail: rows of `t` are not unique
lock: SHARE on `t`

-- expect
DROP INDEX i1;

DROP INDEX i2;

DROP INDEX i3;

CREATE INDEX i2 ON t (b, a);

CREATE UNIQUE INDEX i3 ON t (a DESC NULLS LAST);

CREATE INDEX i4 ON t (lower(b));
