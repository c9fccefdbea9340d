-- Two columns that change names with each other.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text, b text);

-- to
CREATE TABLE t (id int PRIMARY KEY, b text, a text);

-- rows
INSERT INTO t VALUES (1, 'first', 'second');

-- rename
t.a=t.b
t.b=t.a

-- expect
ALTER TABLE t RENAME COLUMN b TO b_old;

ALTER TABLE t RENAME COLUMN a TO b;

ALTER TABLE t RENAME COLUMN b_old TO a;
