-- Another bound: detach and attach, the rows stay.

-- from
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- to
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2026-01-01');

-- rows
INSERT INTO event VALUES (1, '2025-05-05');

-- expect
ALTER TABLE event DETACH PARTITION event_a;

ALTER TABLE event ATTACH PARTITION event_a FOR VALUES FROM ('2024-01-01') TO ('2026-01-01');
