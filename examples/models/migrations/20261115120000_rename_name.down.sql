ALTER TABLE users RENAME COLUMN full_name TO name;

ALTER TABLE posts DROP CONSTRAINT posts_title_not_empty;

ALTER TABLE users ALTER COLUMN status DROP DEFAULT;

ALTER TYPE user_status RENAME TO user_status_old;

CREATE TYPE user_status AS ENUM ('pending', 'active');

-- rewrite: writes `users` anew
-- may-fail: `users.status` holds a value that the new type hasn't
ALTER TABLE users ALTER COLUMN status TYPE user_status USING status::text::user_status;

ALTER TABLE users ALTER COLUMN status SET DEFAULT 'pending';

COMMENT ON TYPE user_status IS 'Whether somebody may write.';

-- data-loss: all values of `posts.tags`
ALTER TABLE posts DROP COLUMN tags;

DROP TYPE user_status_old;
