-- NOT VALID is a state that a dump shows; the key becomes valid.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int);
ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p NOT VALID;

-- to
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int);
ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p;

-- hazards
may-fail: rows of `c` break `c_p`

-- expect
ALTER TABLE c VALIDATE CONSTRAINT c_p;
