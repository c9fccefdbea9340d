-- Alembic: a warning, no operation.

-- from
CREATE TABLE t (w int, a int GENERATED ALWAYS AS (w) STORED, b int GENERATED ALWAYS AS (w) STORED, c int);

-- to
CREATE TABLE t (w int, a int GENERATED ALWAYS AS (w + 1) STORED, b int, c int GENERATED ALWAYS AS (w) STORED);

-- loses
t.c

-- hazards
data-loss: all values of `t.c`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t DROP COLUMN a;

ALTER TABLE t DROP COLUMN c;

ALTER TABLE t ALTER COLUMN b DROP EXPRESSION;

ALTER TABLE t ADD COLUMN a integer GENERATED ALWAYS AS (w + 1) STORED;

ALTER TABLE t ADD COLUMN c integer GENERATED ALWAYS AS (w) STORED;
