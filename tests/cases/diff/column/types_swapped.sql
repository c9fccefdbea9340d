-- Two columns have each other's type afterwards: their names may have been swapped, which is said.

-- from
CREATE TABLE t (a int, b text);

-- to
CREATE TABLE t (a text, b int);

-- hazards
data-loss: the data of `t.a`, if it has become `t.b`
data-loss: the data of `t.b`, if it has become `t.a`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` is no integer
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN b TYPE integer USING b::integer;

ALTER TABLE t ALTER COLUMN a TYPE text;
