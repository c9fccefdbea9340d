-- The first note.
-- migrate: revises=20260901080000

INSERT INTO notes (body) VALUES ('hello');
