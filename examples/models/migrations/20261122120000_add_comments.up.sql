-- Add comments.
-- migrate: revises=20261115120000

CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    post_id bigint NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    "position" integer NOT NULL CHECK ("position" > 0),
    text text NOT NULL,
    UNIQUE (post_id, "position")
);

ALTER TABLE users ALTER COLUMN email TYPE text;

COMMENT ON TABLE comments IS 'What readers say.';
