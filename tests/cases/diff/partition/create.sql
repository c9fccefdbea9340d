-- A partitioned table with children by range, list, hash and default.

-- to
CREATE TABLE event (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE area (code text) PARTITION BY LIST (code);
CREATE TABLE area_eu PARTITION OF area FOR VALUES IN ('de', 'fr');
CREATE TABLE bucket (id int) PARTITION BY HASH (id);
CREATE TABLE bucket_0 PARTITION OF bucket FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE INDEX event_at ON event (at);

-- expect
-- refused: no order of statements exists: table `event`, table `event_2025` need each other
