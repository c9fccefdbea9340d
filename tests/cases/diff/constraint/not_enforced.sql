-- Constraints that nobody enforces, and one that is from now on.

-- needs
18

-- both
CREATE TABLE p (id int PRIMARY KEY);

-- from
CREATE TABLE t (a int, b int REFERENCES p, CONSTRAINT c CHECK (a > 0) NOT ENFORCED);

-- to
CREATE TABLE t (a int, b int REFERENCES p NOT ENFORCED, CONSTRAINT c CHECK (a > 0), CONSTRAINT d CHECK (b > 0) NOT ENFORCED);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `c`
lock: ACCESS EXCLUSIVE on `t`
lock: SHARE ROW EXCLUSIVE on `p`
lock: SHARE ROW EXCLUSIVE on `t`

-- expect
ALTER TABLE t DROP CONSTRAINT t_b_fkey;

ALTER TABLE t DROP CONSTRAINT c;

ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);

ALTER TABLE t ADD CONSTRAINT d CHECK (b > 0) NOT ENFORCED;

ALTER TABLE t ADD CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES p (id) NOT ENFORCED;
