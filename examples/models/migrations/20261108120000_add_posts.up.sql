-- Add posts.
-- migrate: revises=20261101120000

CREATE TYPE user_status AS ENUM ('pending', 'active');

CREATE TABLE posts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL,
    body text NOT NULL
);

ALTER TABLE users ADD COLUMN status user_status NOT NULL DEFAULT 'pending';

CREATE INDEX posts_author_id_idx ON posts (author_id);

COMMENT ON TYPE user_status IS 'Whether somebody may write.';
