-- migrate: transaction=none
CREATE INDEX CONCURRENTLY {{ index.name }} ON {{ table }} ({{ index.columns }});
-- migrate: down
-- migrate: transaction=none
DROP INDEX CONCURRENTLY {{ index.path }};
