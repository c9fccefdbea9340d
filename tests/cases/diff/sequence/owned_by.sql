-- A free sequence becomes a column's own.

-- from
CREATE TABLE t (id bigint PRIMARY KEY);
CREATE SEQUENCE t_seq;

-- to
CREATE TABLE t (id bigint PRIMARY KEY);
CREATE SEQUENCE t_seq OWNED BY t.id;

-- expect
ALTER SEQUENCE t_seq OWNED BY t.id;
