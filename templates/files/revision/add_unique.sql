ALTER TABLE {{ table }} ADD CONSTRAINT {{ unique.name }} UNIQUE ({{ unique.columns }});
-- migrate: down
ALTER TABLE {{ table }} DROP CONSTRAINT {{ unique.name }};
