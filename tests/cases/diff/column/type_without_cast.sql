-- boolean to timestamptz has no cast: the column is replaced and the plan says what goes.

-- from
CREATE TABLE t (id int PRIMARY KEY, seen boolean);

-- to
CREATE TABLE t (id int PRIMARY KEY, seen timestamptz);

-- loses
t.seen

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.seen` is no timestamp with time zone

-- expect
ALTER TABLE t ALTER COLUMN seen TYPE timestamptz USING seen::text::timestamptz;
