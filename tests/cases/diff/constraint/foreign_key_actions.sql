-- Another action, then deferrable: the second needs no new check.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, a int CONSTRAINT c_a REFERENCES p, b int CONSTRAINT c_b REFERENCES p);

-- to
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, a int CONSTRAINT c_a REFERENCES p ON DELETE SET NULL, b int CONSTRAINT c_b REFERENCES p DEFERRABLE);

-- hazards
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_a`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_b`

-- expect
ALTER TABLE c DROP CONSTRAINT c_a;

ALTER TABLE c DROP CONSTRAINT c_b;

ALTER TABLE c ADD CONSTRAINT c_a FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL;

ALTER TABLE c ADD CONSTRAINT c_b FOREIGN KEY (b) REFERENCES p (id) DEFERRABLE;
