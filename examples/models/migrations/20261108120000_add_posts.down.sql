-- data-loss: all values of `users.status`
ALTER TABLE users DROP COLUMN status;

-- data-loss: all rows of `posts`
DROP TABLE posts;

DROP TYPE user_status;
