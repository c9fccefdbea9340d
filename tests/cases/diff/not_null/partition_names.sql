-- A partition that is attached or leaves has the names of what refuses null that it would have had from the start.

-- needs
18

-- from
CREATE TABLE m (id int NOT NULL, at date CONSTRAINT m_at NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE m_2 (id int NOT NULL, at date NOT NULL);

-- to
CREATE TABLE m (id int NOT NULL, at date CONSTRAINT m_at NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE m_1 (id int NOT NULL, at date NOT NULL);
CREATE TABLE m_2 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- rows
INSERT INTO m VALUES (1, '2025-05-05');
INSERT INTO m_2 VALUES (1, '2026-05-05');

-- expect
ALTER TABLE m DETACH PARTITION m_1;

ALTER TABLE m_1 RENAME CONSTRAINT m_at TO m_1_at_not_null;

ALTER TABLE m_1 RENAME CONSTRAINT m_id_not_null TO m_1_id_not_null;

ALTER TABLE m_2 RENAME CONSTRAINT m_2_at_not_null TO m_at;

ALTER TABLE m_2 RENAME CONSTRAINT m_2_id_not_null TO m_id_not_null;

ALTER TABLE m ATTACH PARTITION m_2 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
