-- The key that others refer to is replaced: they are off meanwhile.

-- from
CREATE TABLE p (a int NOT NULL, b int NOT NULL, CONSTRAINT p_key PRIMARY KEY (a), UNIQUE (b));
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p (a));

-- to
CREATE TABLE p (a int NOT NULL, b int NOT NULL, UNIQUE (b), CONSTRAINT p_key PRIMARY KEY (b), UNIQUE (a));
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p (a));

-- rows
INSERT INTO p VALUES (1, 2);
INSERT INTO c VALUES (1, 1);

-- hazards
lock: ACCESS EXCLUSIVE on `p`
may-fail: rows of `p` break `p_a_key`
lock: ACCESS EXCLUSIVE on `p`
may-fail: rows of `p` break `p_key`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_p_fkey`

-- expect
ALTER TABLE c DROP CONSTRAINT c_p_fkey;

ALTER TABLE p DROP CONSTRAINT p_b_key;

ALTER TABLE p DROP CONSTRAINT p_key;

ALTER TABLE p ADD CONSTRAINT p_a_key UNIQUE (a);

ALTER TABLE p ADD CONSTRAINT p_key PRIMARY KEY (b);

ALTER TABLE c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES p (a);
