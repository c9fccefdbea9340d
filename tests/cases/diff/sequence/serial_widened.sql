-- serial to bigserial: the column and the width of its sequence.

-- from
CREATE TABLE t (id serial PRIMARY KEY, a text);

-- to
CREATE TABLE t (id bigserial PRIMARY KEY, a text);

-- rows
INSERT INTO t (a) VALUES ('x');

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN id DROP DEFAULT;

ALTER SEQUENCE t_id_seq AS bigint;

ALTER TABLE t ALTER COLUMN id TYPE bigint;

ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq'::regclass);
