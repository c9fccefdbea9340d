CREATE {% if unique_index %}UNIQUE {% endif %}INDEX {{ index.name }} ON {{ table }} ({{ index.columns }});
-- migrate: down
DROP INDEX {{ index.path }};
