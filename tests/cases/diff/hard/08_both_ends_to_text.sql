-- The same with a cast: no value is lost.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p);

-- to
CREATE TABLE p (id text PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p text REFERENCES p);

-- rows
INSERT INTO p VALUES (1);
INSERT INTO c VALUES (5, 1);

-- hazards
lock: ACCESS EXCLUSIVE on `c`
rewrite: writes `c` anew
lock: ACCESS EXCLUSIVE on `p`
rewrite: writes `p` anew
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_p_fkey`

-- expect
ALTER TABLE c DROP CONSTRAINT c_p_fkey;

ALTER TABLE c ALTER COLUMN p TYPE text;

ALTER TABLE p ALTER COLUMN id TYPE text;

ALTER TABLE c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES p (id);
