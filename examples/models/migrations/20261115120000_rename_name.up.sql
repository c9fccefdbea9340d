-- Rename name.
-- migrate: revises=20261108120000
-- migrate: compatible=no

ALTER TABLE users RENAME COLUMN name TO full_name;

-- irreversible: PostgreSQL can't remove a value from an enum in place
ALTER TYPE user_status ADD VALUE 'suspended';

ALTER TABLE posts ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

-- may-fail: rows of `posts` break `posts_title_not_empty`
ALTER TABLE posts ADD CONSTRAINT posts_title_not_empty CHECK (title <> ''::text);

CREATE INDEX posts_tags ON posts USING gin (tags);
