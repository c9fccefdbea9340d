-- Two tables that change names with each other.

-- from
CREATE TABLE a (id int PRIMARY KEY, left_value text);
CREATE TABLE b (id int PRIMARY KEY, right_value text);

-- to
CREATE TABLE b (id int PRIMARY KEY, left_value text);
CREATE TABLE a (id int PRIMARY KEY, right_value text);

-- rows
INSERT INTO a VALUES (1, 'left');
INSERT INTO b VALUES (2, 'right');

-- rename
a=b
b=a

-- expect
ALTER TABLE b RENAME TO b_old;

ALTER TABLE a RENAME TO b;

ALTER TABLE b_old RENAME TO a;

ALTER TABLE b RENAME CONSTRAINT a_pkey TO a_pkey_old;

ALTER TABLE a RENAME CONSTRAINT b_pkey TO a_pkey;

ALTER TABLE b RENAME CONSTRAINT a_pkey_old TO b_pkey;
