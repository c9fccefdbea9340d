-- Many columns renamed at once, alike in type.

-- from
CREATE TABLE t (id int PRIMARY KEY, a1 text, a2 text, a3 text, a4 text);

-- to
CREATE TABLE t (id int PRIMARY KEY, b1 text, b2 text, b3 text, b4 text);

-- rows
INSERT INTO t VALUES (1, '1', '2', '3', '4');

-- rename
t.a1=t.b1
t.a2=t.b2
t.a3=t.b3
t.a4=t.b4

-- expect
ALTER TABLE t RENAME COLUMN a1 TO b1;

ALTER TABLE t RENAME COLUMN a2 TO b2;

ALTER TABLE t RENAME COLUMN a3 TO b3;

ALTER TABLE t RENAME COLUMN a4 TO b4;
