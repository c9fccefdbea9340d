-- Alembic: an owned sequence is hidden, serial to identity seen.

-- from
CREATE TABLE t (id serial PRIMARY KEY);

-- to
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START 5) PRIMARY KEY);

-- hazards
data-loss: the position of `t_id_seq`
lock: ACCESS EXCLUSIVE on `t`

-- expect
ALTER TABLE t ALTER COLUMN id DROP DEFAULT;

DROP SEQUENCE t_id_seq;

ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (START WITH 5);

SELECT setval(pg_get_serial_sequence('t', 'id'), max(id)) FROM t HAVING max(id) IS NOT NULL;
