-- Two indexes that change names.

-- from
CREATE TABLE t (a int, b int);
CREATE INDEX i1 ON t (a);
CREATE INDEX i2 ON t (b);

-- to
CREATE TABLE t (a int, b int);
CREATE INDEX i1 ON t (b);
CREATE INDEX i2 ON t (a);

-- hazards
lock: SHARE on `t`
lock: SHARE on `t`

-- expect
DROP INDEX i1;

DROP INDEX i2;

CREATE INDEX i1 ON t (b);

CREATE INDEX i2 ON t (a);
