DROP INDEX {{ index.path }};
-- migrate: down
CREATE INDEX {{ index.name }} ON {{ table }} ({{ index.columns }});
