-- migrate: compatible=no
ALTER TABLE {{ table }} RENAME COLUMN {{ old }} TO {{ new }};
-- migrate: down
ALTER TABLE {{ table }} RENAME COLUMN {{ new }} TO {{ old }};
