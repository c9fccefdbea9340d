-- A key without overlaps, and a foreign key over periods.

-- needs
18

-- both
CREATE EXTENSION btree_gist;

-- from
CREATE TABLE p (id int NOT NULL, at daterange NOT NULL);
CREATE TABLE c (p int, at daterange);

-- to
CREATE TABLE p (id int NOT NULL, at daterange NOT NULL, CONSTRAINT p_key PRIMARY KEY (id, at WITHOUT OVERLAPS));
CREATE TABLE c (p int, at daterange, CONSTRAINT c_p FOREIGN KEY (p, PERIOD at) REFERENCES p (id, PERIOD at));

-- hazards
lock: ACCESS EXCLUSIVE on `p`
may-fail: rows of `p` break `p_key`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_p`

-- expect
ALTER TABLE p ADD CONSTRAINT p_key PRIMARY KEY (id, at WITHOUT OVERLAPS);

ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p, PERIOD at) REFERENCES p (id, PERIOD at);
