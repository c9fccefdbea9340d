-- An extension whose type a column uses: the column goes first.

-- from
CREATE EXTENSION citext;
CREATE TABLE person (id int PRIMARY KEY, email citext);

-- to
CREATE TABLE person (id int PRIMARY KEY);

-- rows
INSERT INTO person VALUES (1, 'a@b');

-- loses
person.email

-- hazards
data-loss: all values of `person.email`
may-fail: something still uses it

-- expect
ALTER TABLE person DROP COLUMN email;

DROP EXTENSION citext;
