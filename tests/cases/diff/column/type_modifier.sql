-- Lengths and precisions.

-- from
CREATE TABLE t (a varchar(10), b numeric(10,2), c timestamp(3), d bit(4), e interval);

-- to
CREATE TABLE t (a varchar(20), b numeric(12,4), c timestamp(6), d bit varying(8), e interval(3));

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.e` doesn't fit interval(3)
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.d` is no bit varying(8)
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` doesn't fit numeric(12,4)

-- expect
ALTER TABLE t ALTER COLUMN e TYPE interval(3);

ALTER TABLE t ALTER COLUMN d TYPE bit varying(8) USING d::text::bit varying(8);

ALTER TABLE t ALTER COLUMN c TYPE timestamp(6);

ALTER TABLE t ALTER COLUMN b TYPE numeric(12,4);

ALTER TABLE t ALTER COLUMN a TYPE varchar(20);
