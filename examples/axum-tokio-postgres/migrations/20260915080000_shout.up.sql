-- Every note in capitals, which is the application's own idea of them.
-- migrate: revises=20260908080000
-- migrate: code

ALTER TABLE notes ADD COLUMN loud text;
