-- A renamed table under a view, a function body, a policy and a key of another.

-- from
CREATE TABLE users (id int PRIMARY KEY, email text);
CREATE TABLE post (id int PRIMARY KEY, author int REFERENCES users);
CREATE VIEW author AS SELECT u.email, count(*) AS posts FROM users u JOIN post p ON p.author = u.id GROUP BY u.email;

-- to
CREATE TABLE member (id int PRIMARY KEY, email text);
CREATE TABLE post (id int PRIMARY KEY, author int REFERENCES member);
CREATE VIEW author AS SELECT u.email, count(*) AS posts FROM member u JOIN post p ON p.author = u.id GROUP BY u.email;

-- rows
INSERT INTO users VALUES (1, 'a');
INSERT INTO post VALUES (7, 1);

-- rename
users=member

-- expect
ALTER TABLE users RENAME TO member;

ALTER TABLE member RENAME CONSTRAINT users_pkey TO member_pkey;
