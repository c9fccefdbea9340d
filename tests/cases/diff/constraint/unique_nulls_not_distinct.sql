-- NULLs that count as equal.

-- needs
15

-- from
CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a));

-- to
CREATE TABLE t (a int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `u`

-- expect
ALTER TABLE t DROP CONSTRAINT u;

ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a);
