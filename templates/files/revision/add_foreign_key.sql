ALTER TABLE {{ table }}{{ foreign_keys | map(attribute="definition") | actions("ADD CONSTRAINT") }};
-- migrate: down
ALTER TABLE {{ table }}{{ foreign_keys | reverse | map(attribute="name") | actions("DROP CONSTRAINT") }};
