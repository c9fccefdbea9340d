DROP INDEX {{ index.path }};
-- migrate: down
CREATE {% if unique_index %}UNIQUE {% endif %}INDEX {{ index.name }} ON {{ table }} ({{ index.columns }});
