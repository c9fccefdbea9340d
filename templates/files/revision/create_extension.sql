CREATE EXTENSION {{ extension }};
-- migrate: down
DROP EXTENSION {{ extension }};
