-- The same columns in another order.

-- from
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (a, b));

-- to
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (b, a));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `u`

-- expect
ALTER TABLE t DROP CONSTRAINT u;

ALTER TABLE t ADD CONSTRAINT u UNIQUE (b, a);
