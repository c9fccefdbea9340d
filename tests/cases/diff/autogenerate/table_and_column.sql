-- Alembic: seen, but a cycle of keys between two new tables fails on the first CREATE TABLE.

-- from
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, gone text);

-- to
CREATE TABLE t (id int PRIMARY KEY, come int);
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
ALTER TABLE a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES b;

-- loses
old
t.gone

-- hazards
data-loss: all values of `t.gone`
data-loss: all rows of `old`

-- expect
CREATE TABLE a (
    id integer PRIMARY KEY,
    b integer
);

CREATE TABLE b (
    id integer PRIMARY KEY,
    a integer
);

ALTER TABLE t ADD COLUMN come integer;

ALTER TABLE a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES b (id);

ALTER TABLE b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES a (id);

ALTER TABLE t DROP COLUMN gone;

DROP TABLE old;
