-- Column `a` is dropped and `b` becomes `a`, with indexes on both.

-- from
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b text NOT NULL);
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL);
CREATE INDEX t_a ON t (a);

-- rows
INSERT INTO t VALUES (1, 'old', 'kept');

-- rename
t.b=t.a

-- loses
t.a

-- hazards
lock: SHARE on `t`
data-loss: all values of `t.a_old`

-- expect
ALTER TABLE t RENAME COLUMN a TO a_old;

ALTER TABLE t RENAME COLUMN b TO a;

DROP INDEX t_a;

DROP INDEX t_b;

CREATE INDEX t_a ON t (a);

ALTER TABLE t DROP COLUMN a_old;
