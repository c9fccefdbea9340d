-- A comment on each kind of object.

-- both
CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY, a text);
CREATE INDEX t_a ON t (a);
CREATE SEQUENCE s;
CREATE VIEW v AS SELECT id FROM t;
CREATE TYPE e AS ENUM ('a');
CREATE DOMAIN d AS text;
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;

-- from
COMMENT ON TABLE t IS 'old';

-- to
COMMENT ON TABLE t IS 'new';
COMMENT ON CONSTRAINT t_key ON t IS 'key';
COMMENT ON INDEX t_a IS 'index';
COMMENT ON SEQUENCE s IS 'sequence';
COMMENT ON VIEW v IS 'view';
COMMENT ON TYPE e IS 'enum';
COMMENT ON DOMAIN d IS 'domain';
COMMENT ON FUNCTION f(int) IS E'line one\nline \\ two';

-- expect
COMMENT ON DOMAIN d IS 'domain';

COMMENT ON TYPE e IS 'enum';

COMMENT ON FUNCTION f(integer) IS E'line one
line \\ two';

COMMENT ON SEQUENCE s IS 'sequence';

COMMENT ON TABLE t IS 'new';

COMMENT ON CONSTRAINT t_key ON t IS 'key';

COMMENT ON INDEX t_a IS 'index';

COMMENT ON VIEW v IS 'view';
