-- migrate: transaction=none
CREATE {% if unique_index %}UNIQUE {% endif %}INDEX CONCURRENTLY {{ index.name }} ON {{ table }} ({{ index.columns }});
-- migrate: down
-- migrate: transaction=none
DROP INDEX CONCURRENTLY {{ index.path }};
