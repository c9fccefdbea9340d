-- A partition gets another bound while its parent's columns change: detached meanwhile, it has to change its own.

-- from
CREATE TABLE log (at date NOT NULL, id int, kind text DEFAULT 'k', more int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');

-- to
CREATE TABLE log (at date NOT NULL, id bigint NOT NULL, kind text, more int DEFAULT 3) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');

-- rows
INSERT INTO log VALUES ('2020-02-02', 1, 'x', 1), ('2023-02-02', 2, 'y', 2);

-- hazards
lock: ACCESS EXCLUSIVE on `log`
rewrite: writes `log` anew
lock: ACCESS EXCLUSIVE on `log_1`
rewrite: writes `log_1` anew
lock: ACCESS EXCLUSIVE on `log`
may-fail: `log.id` holds null
lock: ACCESS EXCLUSIVE on `log_1`
may-fail: `log_1.id` holds null

-- expect
ALTER TABLE ONLY log ALTER COLUMN kind DROP DEFAULT;

ALTER TABLE log_1 ALTER COLUMN kind DROP DEFAULT;

ALTER TABLE log DETACH PARTITION log_1;

ALTER TABLE log_2 ALTER COLUMN kind DROP DEFAULT;

ALTER TABLE log ALTER COLUMN id TYPE bigint;

ALTER TABLE log_1 ALTER COLUMN id TYPE bigint;

ALTER TABLE ONLY log ALTER COLUMN more SET DEFAULT 3;

ALTER TABLE log_1 ALTER COLUMN more SET DEFAULT 3;

ALTER TABLE log_2 ALTER COLUMN more SET DEFAULT 3;

ALTER TABLE log ALTER COLUMN id SET NOT NULL;

ALTER TABLE log_1 ALTER COLUMN id SET NOT NULL;

ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');
