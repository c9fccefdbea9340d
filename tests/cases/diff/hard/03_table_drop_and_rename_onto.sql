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
data-loss: the position of `b_id_seq`
data-loss: all rows of `a_old`

-- expect
ALTER TABLE a RENAME TO a_old;

ALTER TABLE b RENAME TO a;

ALTER TABLE a RENAME CONSTRAINT b_pkey TO a_pkey;

ALTER TABLE a ALTER COLUMN id DROP DEFAULT;

DROP SEQUENCE b_id_seq;

ALTER TABLE a ALTER COLUMN id SET DEFAULT nextval('a_id_seq'::regclass);

ALTER SEQUENCE a_id_seq OWNED BY a.id;

DROP TABLE a_old;

