-- An identity becomes a plain column.

-- from
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);

-- to
CREATE TABLE t (id bigint PRIMARY KEY, a text);

-- rows
INSERT INTO t (a) VALUES ('x');

-- expect
ALTER TABLE t ALTER COLUMN id DROP IDENTITY;
