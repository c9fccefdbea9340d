-- data-loss: all rows of `users`
DROP TABLE users;
