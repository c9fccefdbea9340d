-- The comment of a schema.

-- from
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'old';

-- to
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'it''s new';

-- expect
COMMENT ON SCHEMA app IS 'it''s new';
