-- A column gets another name and another type at once.

-- from
CREATE TABLE t (id int PRIMARY KEY, amount int NOT NULL DEFAULT 0);
CREATE INDEX t_amount ON t (amount);

-- to
CREATE TABLE t (id int PRIMARY KEY, cents bigint NOT NULL DEFAULT 0);
CREATE INDEX t_cents ON t (cents);

-- rows
INSERT INTO t VALUES (1, 5);

-- rename
t.amount=t.cents

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t RENAME COLUMN amount TO cents;

ALTER INDEX t_amount RENAME TO t_cents;

ALTER TABLE t ALTER COLUMN cents DROP DEFAULT;

ALTER TABLE t ALTER COLUMN cents TYPE bigint;

ALTER TABLE t ALTER COLUMN cents SET DEFAULT 0;
