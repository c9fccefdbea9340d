CREATE SCHEMA {{ schema }};
-- migrate: down
DROP SCHEMA {{ schema }};
