-- A primary key and the two keys on it change type together.

-- from
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE);
CREATE TABLE d (id int PRIMARY KEY, p int NOT NULL, FOREIGN KEY (p) REFERENCES p);

-- to
CREATE TABLE p (id uuid PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, p uuid REFERENCES p ON DELETE CASCADE);
CREATE TABLE d (id int PRIMARY KEY, p uuid NOT NULL, FOREIGN KEY (p) REFERENCES p);

-- loses
p.id
c.p
d.p

-- hazards
lock: ACCESS EXCLUSIVE on `c`
rewrite: writes `c` anew
may-fail: a value of `c.p` is no uuid
lock: ACCESS EXCLUSIVE on `d`
rewrite: writes `d` anew
may-fail: a value of `d.p` is no uuid
lock: ACCESS EXCLUSIVE on `p`
rewrite: writes `p` anew
may-fail: a value of `p.id` is no uuid
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `c_p_fkey`
lock: SHARE ROW EXCLUSIVE on `d`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `d` break `d_p_fkey`

-- expect
ALTER TABLE c DROP CONSTRAINT c_p_fkey;

ALTER TABLE d DROP CONSTRAINT d_p_fkey;

ALTER TABLE c ALTER COLUMN p TYPE uuid USING p::text::uuid;

ALTER TABLE d ALTER COLUMN p TYPE uuid USING p::text::uuid;

ALTER TABLE p ALTER COLUMN id TYPE uuid USING id::text::uuid;

ALTER TABLE c ADD CONSTRAINT c_p_fkey FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE;

ALTER TABLE d ADD CONSTRAINT d_p_fkey FOREIGN KEY (p) REFERENCES p (id);
