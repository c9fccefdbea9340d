-- No cast leads from a time to a timestamp, nor from a date to a time; over text a statement exists.

-- from
CREATE TABLE t (a time, b date, c timestamp, d timestamptz, e time(3), f timestamp);

-- to
CREATE TABLE t (a timestamp, b time, c time, d timetz, e timetz, f timetz);

-- hazards
data-loss: the data of `t.f`, if it has become `t.a`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.f` is no time with time zone
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.e` is no time with time zone
data-loss: what time with time zone doesn't hold of `t.d`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.d` is no time with time zone
data-loss: the data of `t.a`, if it has become `t.b` or `t.c`
data-loss: the data of `t.c`, if it has become `t.a`
data-loss: what time without time zone doesn't hold of `t.c`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.c` is no time without time zone
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` is no time without time zone
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.a` is no timestamp without time zone

-- expect
ALTER TABLE t ALTER COLUMN f TYPE timetz USING f::text::timetz;

ALTER TABLE t ALTER COLUMN e TYPE timetz USING e::timetz;

ALTER TABLE t ALTER COLUMN d TYPE timetz USING d::timetz;

ALTER TABLE t ALTER COLUMN c TYPE time USING c::time;

ALTER TABLE t ALTER COLUMN b TYPE time USING b::text::time;

ALTER TABLE t ALTER COLUMN a TYPE timestamp USING a::text::timestamp;
