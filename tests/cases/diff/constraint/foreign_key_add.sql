-- A foreign key comes, over two columns.

-- from
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE c (id int PRIMARY KEY, a int, b int);

-- to
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE c (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL ON UPDATE CASCADE);

-- rows
INSERT INTO p VALUES (1, 2);
INSERT INTO c VALUES (1, 1, 2);

-- hazards
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_a_b_fkey`

-- expect
ALTER TABLE c ADD CONSTRAINT c_a_b_fkey FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL ON UPDATE CASCADE;
