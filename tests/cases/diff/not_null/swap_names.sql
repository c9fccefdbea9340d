-- Two columns that refuse null swap their names: the names of their constraints follow.

-- needs
18

-- from
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL);

-- to
CREATE TABLE t (id int PRIMARY KEY, b int NOT NULL, a text NOT NULL);

-- rows
INSERT INTO t VALUES (1, 2, 'x');

-- rename
t.a=t.b
t.b=t.a

-- expect
ALTER TABLE t RENAME COLUMN b TO b_old;

ALTER TABLE t RENAME COLUMN a TO b;

ALTER TABLE t RENAME COLUMN b_old TO a;

ALTER TABLE t RENAME CONSTRAINT t_b_not_null TO t_a_not_null_new;

ALTER TABLE t RENAME CONSTRAINT t_a_not_null TO t_b_not_null_new;

ALTER TABLE t RENAME CONSTRAINT t_a_not_null_new TO t_a_not_null;

ALTER TABLE t RENAME CONSTRAINT t_b_not_null_new TO t_b_not_null;
