-- The same column refers to another table.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT c_p REFERENCES p);

-- to
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int CONSTRAINT c_p REFERENCES q);

-- hazards
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `q`
may-fail: rows of `c` break `c_p`

-- expect
ALTER TABLE c DROP CONSTRAINT c_p;

ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES q (id);
