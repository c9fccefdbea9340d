-- SET NULL of some columns only.

-- needs
15

-- from
CREATE TABLE p (t int, id int, PRIMARY KEY (t, id));
CREATE TABLE c (t int NOT NULL, p int, CONSTRAINT c_p FOREIGN KEY (t, p) REFERENCES p ON DELETE SET NULL);

-- to
CREATE TABLE p (t int, id int, PRIMARY KEY (t, id));
CREATE TABLE c (t int NOT NULL, p int, CONSTRAINT c_p FOREIGN KEY (t, p) REFERENCES p ON DELETE SET NULL (p));

-- hazards
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_p`

-- expect
ALTER TABLE c DROP CONSTRAINT c_p;

ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (t, p) REFERENCES p (t, id) ON DELETE SET NULL (p);
