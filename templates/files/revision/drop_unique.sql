ALTER TABLE {{ table }} DROP CONSTRAINT {{ unique.name }};
-- migrate: down
ALTER TABLE {{ table }} ADD CONSTRAINT {{ unique.name }} UNIQUE ({{ unique.columns }});
