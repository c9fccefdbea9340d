-- An exclusion constraint changes its operator list.

-- both
CREATE EXTENSION btree_gist;

-- from
CREATE TABLE booking (room int, during tsrange, CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&));

-- to
CREATE TABLE booking (room int, during tsrange, CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE);

-- rows
INSERT INTO booking VALUES (1, '[2026-01-01,2026-01-02)');

-- hazards
lock: ACCESS EXCLUSIVE on `booking`
may-fail: rows of `booking` break `free`

-- expect
ALTER TABLE booking DROP CONSTRAINT free;

ALTER TABLE booking ADD CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((room > 0)) DEFERRABLE;
