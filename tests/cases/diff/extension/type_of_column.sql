-- A column becomes one of an extension's type.

-- from
CREATE TABLE person (id int PRIMARY KEY, email text NOT NULL);
CREATE UNIQUE INDEX person_email ON person (email);

-- to
CREATE EXTENSION citext;
CREATE TABLE person (id int PRIMARY KEY, email citext NOT NULL);
CREATE UNIQUE INDEX person_email ON person (email);

-- rows
INSERT INTO person VALUES (1, 'a@b');

-- hazards
lock: ACCESS EXCLUSIVE on `person`
rewrite: writes `person` anew
may-fail: a value of `person.email` is no public.citext

-- expect
CREATE EXTENSION citext;

ALTER TABLE person ALTER COLUMN email TYPE citext USING email::citext;
