CREATE INDEX {{ index.name }} ON {{ table }} ({{ index.columns }});
-- migrate: down
DROP INDEX {{ index.path }};
