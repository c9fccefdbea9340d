-- A told rename, with the names that PostgreSQL made from the old one.

-- from
CREATE TABLE users (id bigserial PRIMARY KEY, email text UNIQUE, age int CHECK (age > 0));

-- to
CREATE TABLE people (id bigserial PRIMARY KEY, email text UNIQUE, age int CHECK (age > 0));

-- rows
INSERT INTO users (email, age) VALUES ('a', 1), ('b', 2);

-- rename
users=people

-- expect
ALTER TABLE users RENAME TO people;

ALTER SEQUENCE users_id_seq RENAME TO people_id_seq;

ALTER TABLE people RENAME CONSTRAINT users_age_check TO people_age_check;

ALTER TABLE people RENAME CONSTRAINT users_email_key TO people_email_key;

ALTER TABLE people RENAME CONSTRAINT users_pkey TO people_pkey;
