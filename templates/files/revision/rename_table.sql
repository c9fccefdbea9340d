-- migrate: compatible=no
ALTER TABLE {{ old }} RENAME TO {{ new.name }};
-- migrate: down
ALTER TABLE {{ new.path }} RENAME TO {{ old_name }};
