-- Index the status of users.
-- migrate: revises=20261103090000

CREATE INDEX CONCURRENTLY ix_users_status ON users (status);
