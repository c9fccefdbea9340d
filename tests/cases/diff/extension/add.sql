-- An extension and an index that needs its operator classes.

-- from
CREATE TABLE room (id int PRIMARY KEY, during tsrange);

-- to
CREATE EXTENSION btree_gist;
CREATE TABLE room (id int PRIMARY KEY, during tsrange);
ALTER TABLE room ADD CONSTRAINT room_free EXCLUDE USING gist (id WITH =, during WITH &&);

-- rows
INSERT INTO room VALUES (1, '[2026-01-01,2026-01-02)');

-- hazards
lock: ACCESS EXCLUSIVE on `room`
may-fail: rows of `room` break `room_free`

-- expect
CREATE EXTENSION btree_gist;

ALTER TABLE room ADD CONSTRAINT room_free EXCLUDE USING gist (id WITH =, during WITH &&);
