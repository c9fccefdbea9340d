-- The index a table is clustered on.

-- from
CREATE TABLE t (id int, v text);
CREATE INDEX t_id ON t (id);
CREATE INDEX t_v ON t (v);
ALTER TABLE t CLUSTER ON t_id;

-- to
CREATE TABLE t (id int, v text);
CREATE INDEX t_id ON t (id);
CREATE INDEX t_v ON t (v);
ALTER TABLE t CLUSTER ON t_v;

-- expect
ALTER TABLE t CLUSTER ON t_v;
