-- A partition comes to a table with rows.

-- from
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX event_at ON event (at);

-- to
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX event_at ON event (at);

-- rows
INSERT INTO event VALUES (1, '2025-05-05');

-- expect
CREATE TABLE event_2026 (
    id integer,
    at date NOT NULL
);

CREATE INDEX event_2026_at_idx ON event_2026 (at);

ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
