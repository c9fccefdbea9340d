-- A child with its own default, option, index, trigger and check.

-- from
CREATE TABLE event (id int, at date NOT NULL, note text DEFAULT 'p') PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- to
CREATE TABLE event (id int, at date NOT NULL, note text DEFAULT 'p') PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event (note DEFAULT 'c', CONSTRAINT low CHECK (id < 100)) FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') WITH (fillfactor=50);
CREATE INDEX event_a_id ON event_a (id);

-- rows
INSERT INTO event VALUES (1, '2025-05-05');

-- hazards
lock: ACCESS EXCLUSIVE on `event_a`
may-fail: rows of `event_a` break `low`
lock: SHARE on `event_a`

-- expect
ALTER TABLE event_a SET (fillfactor = 50);

ALTER TABLE event_a ALTER COLUMN note SET DEFAULT 'c';

ALTER TABLE event_a ADD CONSTRAINT low CHECK (id < 100);

CREATE INDEX event_a_id ON event_a (id);
