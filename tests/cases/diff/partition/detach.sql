-- A partition becomes a table of its own and keeps its rows.

-- from
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- to
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 (id int, at date NOT NULL);

-- rows
INSERT INTO event VALUES (1, '2025-05-05');

-- loses
event

-- expect
ALTER TABLE event DETACH PARTITION event_2025;
