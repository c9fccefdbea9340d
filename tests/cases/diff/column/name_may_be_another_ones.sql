-- A key changes its type while a new column has all that it had: its data may belong there, which is said.

-- from
CREATE TABLE t (id text PRIMARY KEY, a int);

-- to
CREATE TABLE t (deployment text NOT NULL, id int PRIMARY KEY, a int);

-- hazards
data-loss: the data of `t.id`, if it has become `t.deployment`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.id` is no integer
may-fail: `t` has rows

-- expect
ALTER TABLE t ALTER COLUMN id TYPE integer USING id::integer;

ALTER TABLE t ADD COLUMN deployment text NOT NULL;
