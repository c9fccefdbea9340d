-- Children with own defaults, options and attached indexes of other names.

-- from
CREATE TABLE m (id bigint NOT NULL, at date NOT NULL, v int DEFAULT 1) PARTITION BY RANGE (at);
CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- to
CREATE TABLE m (id bigint NOT NULL, at date NOT NULL, v int DEFAULT 1) PARTITION BY RANGE (at);
CREATE TABLE m_1 (id bigint NOT NULL, at date NOT NULL, v int DEFAULT 7) WITH (fillfactor=60);
CREATE INDEX child_name ON m_1 (v);
ALTER TABLE m_1 ADD CONSTRAINT m_1_key PRIMARY KEY (id, at);
ALTER TABLE m ATTACH PARTITION m_1 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX parent_name ON ONLY m (v);
ALTER INDEX parent_name ATTACH PARTITION child_name;
ALTER TABLE m ADD CONSTRAINT m_key PRIMARY KEY (id, at);

-- rows
INSERT INTO m VALUES (1, '2025-05-05', 3);

-- hazards
lock: ACCESS EXCLUSIVE on `m_1`
may-fail: rows of `m_1` break `m_1_key`
lock: ACCESS EXCLUSIVE on `m`
may-fail: rows of `m` break `m_key`
lock: SHARE on `m_1`
lock: SHARE on `m`

-- expect
ALTER TABLE m_1 SET (fillfactor = 60);

ALTER TABLE m_1 ALTER COLUMN v SET DEFAULT 7;

ALTER TABLE m_1 ADD CONSTRAINT m_1_key PRIMARY KEY (id, at);

ALTER TABLE m ADD CONSTRAINT m_key PRIMARY KEY (id, at);

CREATE INDEX child_name ON m_1 (v);

CREATE INDEX parent_name ON m (v);
