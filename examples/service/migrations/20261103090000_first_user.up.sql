-- The first user.
-- migrate: revises=20261102090000

INSERT INTO users (email, status) VALUES ('ada@example.com', 'active');
