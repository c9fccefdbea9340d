-- A unique index where NULLs count as equal, under a collation.

-- needs
15

-- from
CREATE TABLE t (a text, b text);
CREATE UNIQUE INDEX t_a ON t (a);

-- to
CREATE TABLE t (a text, b text);
CREATE UNIQUE INDEX t_a ON t (a COLLATE "C") NULLS NOT DISTINCT;

-- hazards
lock: SHARE on `t`
may-fail: rows of `t` are not unique

-- expect
DROP INDEX t_a;

CREATE UNIQUE INDEX t_a ON t (a COLLATE "C") NULLS NOT DISTINCT;
