-- A serial becomes an identity and the numbers go on.

-- from
CREATE TABLE t (id bigserial PRIMARY KEY, a text);

-- to
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);

-- rows
INSERT INTO t (a) VALUES ('x'), ('y');

-- hazards
data-loss: the position of `t_id_seq`
lock: ACCESS EXCLUSIVE on `t`

-- expect
ALTER TABLE t ALTER COLUMN id DROP DEFAULT;

DROP SEQUENCE t_id_seq;

ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

SELECT setval(pg_get_serial_sequence('t', 'id'), max(id)) FROM t HAVING max(id) IS NOT NULL;
