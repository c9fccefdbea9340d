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
CREATE TABLE area (
    code text
) PARTITION BY LIST (code);

CREATE TABLE area_eu (
    code text
);

CREATE TABLE bucket (
    id integer
) PARTITION BY HASH (id);

CREATE TABLE bucket_0 (
    id integer
);

CREATE TABLE event (
    id integer,
    at date,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE TABLE event_2025 (
    id integer,
    at date,
    PRIMARY KEY (id, at)
);

CREATE TABLE event_rest (
    id integer,
    at date,
    PRIMARY KEY (id, at)
);

CREATE INDEX event_2025_at_idx ON event_2025 (at);

CREATE INDEX event_rest_at_idx ON event_rest (at);

CREATE INDEX event_at ON event (at);

ALTER TABLE area ATTACH PARTITION area_eu FOR VALUES IN ('de', 'fr');

ALTER TABLE bucket ATTACH PARTITION bucket_0 FOR VALUES WITH (modulus 2, remainder 0);

ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

ALTER TABLE event ATTACH PARTITION event_rest DEFAULT;
