-- Alembic: silent, as one side lacks the argument.

-- from
CREATE TABLE t (a varchar(10), b numeric(10,2), c text);

-- to
CREATE TABLE t (a varchar, b numeric(10), c text COLLATE "C");

-- hazards
data-loss: digits of `t.b` that numeric(10,0) doesn't hold
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN c TYPE text COLLATE "C";

ALTER TABLE t ALTER COLUMN b TYPE numeric(10,0);

ALTER TABLE t ALTER COLUMN a TYPE varchar;
