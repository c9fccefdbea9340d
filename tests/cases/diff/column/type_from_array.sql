-- An array becomes another one, and text.

-- from
CREATE TABLE t (a int[], b int[], c text[], d text[]);

-- to
CREATE TABLE t (a bigint[], b text[], c int[], d text);

-- rows
INSERT INTO t VALUES ('{1,2}', '{3}', '{4}', '{x}');

-- hazards
data-loss: the data of `t.d`, if it has become `t.b`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.d` is no text
data-loss: the data of `t.a`, if it has become `t.c`
data-loss: the data of `t.b`, if it has become `t.c`
data-loss: the data of `t.c`, if it has become `t.b`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.c` is no integer[]
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` is no text[]
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN d TYPE text USING d::text::text;

ALTER TABLE t ALTER COLUMN c TYPE integer[] USING c::text[]::integer[];

ALTER TABLE t ALTER COLUMN b TYPE text[] USING b::text[]::text[];

ALTER TABLE t ALTER COLUMN a TYPE bigint[];
