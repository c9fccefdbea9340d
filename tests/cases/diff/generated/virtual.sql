-- A virtual column: added, its expression changed, and one that was stored.

-- needs
18

-- from
CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1), c int GENERATED ALWAYS AS (a + 2) STORED);

-- to
CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 3), c int GENERATED ALWAYS AS (a + 2) VIRTUAL, d int GENERATED ALWAYS AS (a * 2) VIRTUAL);

-- rows
INSERT INTO t (id, a) VALUES (1, 2);

-- expect
ALTER TABLE t DROP COLUMN b;

ALTER TABLE t DROP COLUMN c;

ALTER TABLE t ADD COLUMN b integer GENERATED ALWAYS AS (a + 3) VIRTUAL;

ALTER TABLE t ADD COLUMN c integer GENERATED ALWAYS AS (a + 2) VIRTUAL;

ALTER TABLE t ADD COLUMN d integer GENERATED ALWAYS AS (a * 2) VIRTUAL;
