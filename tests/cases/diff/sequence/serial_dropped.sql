-- A serial becomes a plain column: default, then sequence.

-- from
CREATE TABLE t (id serial PRIMARY KEY, a text);

-- to
CREATE TABLE t (id int PRIMARY KEY, a text);

-- rows
INSERT INTO t (a) VALUES ('x');

-- hazards
data-loss: the position of `t_id_seq`

-- expect
ALTER TABLE t ALTER COLUMN id DROP DEFAULT;

DROP SEQUENCE t_id_seq;
