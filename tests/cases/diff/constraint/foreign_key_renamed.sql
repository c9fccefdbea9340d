-- Only the name of a key.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT fk1 REFERENCES p);

-- to
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT c_p_fkey REFERENCES p);

-- expect
ALTER TABLE c RENAME CONSTRAINT fk1 TO c_p_fkey;
