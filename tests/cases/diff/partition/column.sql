-- A column added to, one dropped from, one altered in the parent reaches the children.

-- from
CREATE TABLE event (id int, at date NOT NULL, a int, b int) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- to
CREATE TABLE event (id int, at date NOT NULL, b bigint NOT NULL, c text) PARTITION BY RANGE (at);
CREATE TABLE event_a PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- rows
INSERT INTO event VALUES (1, '2025-05-05', 2, 3);

-- loses
event.a
event_a.a

-- hazards
lock: ACCESS EXCLUSIVE on `event`
rewrite: writes `event` anew
lock: ACCESS EXCLUSIVE on `event`
may-fail: `event.b` holds null
data-loss: all values of `event.a`

-- expect
ALTER TABLE event ALTER COLUMN b TYPE bigint;

ALTER TABLE event ADD COLUMN c text;

ALTER TABLE event ALTER COLUMN b SET NOT NULL;

ALTER TABLE event DROP COLUMN a;
