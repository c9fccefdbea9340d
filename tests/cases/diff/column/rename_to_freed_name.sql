-- Drop `a`, rename `b` to `a`.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text, b text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- rows
INSERT INTO t VALUES (1, 'gone', 'kept');

-- rename
t.b=t.a

-- loses
t.a

-- hazards
data-loss: all values of `t.a`

-- expect
ALTER TABLE t DROP COLUMN a;

ALTER TABLE t RENAME COLUMN b TO a;
