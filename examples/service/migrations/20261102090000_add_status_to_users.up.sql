-- Add status to users.
-- migrate: revises=20261101090000

ALTER TABLE users ADD COLUMN status varchar(20);

UPDATE users SET status = 'active' WHERE status IS NULL;

ALTER TABLE users ALTER COLUMN status SET NOT NULL;
