-- Alembic: seen, keys and identity columns left out.

-- from
CREATE TABLE t (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, a int, b int NOT NULL);

-- to
CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int NOT NULL GENERATED ALWAYS AS IDENTITY, a int NOT NULL, b int);

-- rows
INSERT INTO t VALUES (1, DEFAULT, 2, 3);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: `t.a` holds null

-- expect
ALTER TABLE t ALTER COLUMN b DROP NOT NULL;

ALTER TABLE t ALTER COLUMN a SET NOT NULL;
