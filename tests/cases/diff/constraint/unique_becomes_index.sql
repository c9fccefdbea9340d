-- A constraint becomes a plain unique index of the same name.

-- from
CREATE TABLE t (a int, CONSTRAINT t_a UNIQUE (a));

-- to
CREATE TABLE t (a int);
CREATE UNIQUE INDEX t_a ON t (a);

-- hazards
lock: SHARE on `t`
may-fail: rows of `t` are not unique

-- expect
ALTER TABLE t DROP CONSTRAINT t_a;

CREATE UNIQUE INDEX t_a ON t (a);
