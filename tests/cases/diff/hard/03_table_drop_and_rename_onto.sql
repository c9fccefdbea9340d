-- Table `a` is dropped and `b` becomes `a`.

-- from
CREATE TABLE a (id serial PRIMARY KEY, v text);
CREATE TABLE b (id serial PRIMARY KEY, v text, w int);

-- to
CREATE TABLE a (id serial PRIMARY KEY, v text, w int);

-- rows
INSERT INTO a (v) VALUES ('old');
INSERT INTO b (v, w) VALUES ('kept', 1);

-- rename
b=a

-- loses
a

-- hazards
data-loss: all rows of `a`

-- expect
DROP TABLE a;

ALTER TABLE b RENAME TO a;

ALTER SEQUENCE b_id_seq RENAME TO a_id_seq;

ALTER TABLE a RENAME CONSTRAINT b_pkey TO a_pkey;
