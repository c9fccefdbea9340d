-- rewrite: writes `users` anew
-- may-fail: a value of `users.email` doesn't fit character varying(255)
ALTER TABLE users ALTER COLUMN email TYPE varchar(255);

-- data-loss: all rows of `comments`
DROP TABLE comments;
