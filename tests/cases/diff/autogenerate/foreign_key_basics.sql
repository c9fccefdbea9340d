-- Alembic: columns, target, actions and deferral are seen.

-- both
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE q (id int PRIMARY KEY);

-- from
CREATE TABLE c (a int, b int, d int, e int, CONSTRAINT columns FOREIGN KEY (a) REFERENCES p, CONSTRAINT target FOREIGN KEY (b) REFERENCES p, CONSTRAINT action FOREIGN KEY (d) REFERENCES p ON DELETE RESTRICT, CONSTRAINT deferral FOREIGN KEY (e) REFERENCES p);

-- to
CREATE TABLE c (a int, b int, d int, e int, CONSTRAINT columns FOREIGN KEY (b) REFERENCES p, CONSTRAINT target FOREIGN KEY (b) REFERENCES q, CONSTRAINT action FOREIGN KEY (d) REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT deferral FOREIGN KEY (e) REFERENCES p DEFERRABLE INITIALLY DEFERRED);

-- hazards
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `action`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `columns`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `p`
may-fail: rows of `c` break `deferral`
lock: SHARE ROW EXCLUSIVE on `c`
lock: SHARE ROW EXCLUSIVE on `q`
may-fail: rows of `c` break `target`

-- expect
ALTER TABLE c DROP CONSTRAINT action;

ALTER TABLE c DROP CONSTRAINT columns;

ALTER TABLE c DROP CONSTRAINT deferral;

ALTER TABLE c DROP CONSTRAINT target;

ALTER TABLE c ADD CONSTRAINT action FOREIGN KEY (d) REFERENCES p (id) ON UPDATE SET NULL ON DELETE CASCADE;

ALTER TABLE c ADD CONSTRAINT columns FOREIGN KEY (b) REFERENCES p (id);

ALTER TABLE c ADD CONSTRAINT deferral FOREIGN KEY (e) REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE c ADD CONSTRAINT target FOREIGN KEY (b) REFERENCES q (id);
