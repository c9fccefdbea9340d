-- Alembic: seen; an empty string counts as none.

-- from
CREATE TABLE t (a int);
COMMENT ON TABLE t IS 'old';

-- to
CREATE TABLE t (a int);
COMMENT ON TABLE t IS '';
COMMENT ON COLUMN t.a IS 'new';

-- expect
COMMENT ON TABLE t IS NULL;

COMMENT ON COLUMN t.a IS 'new';
