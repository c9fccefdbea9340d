-- A sequence that a default uses.

-- from
CREATE SEQUENCE ticket;
CREATE TABLE t (id bigint DEFAULT nextval('ticket') PRIMARY KEY);

-- to
CREATE TABLE t (id bigint PRIMARY KEY);

-- rows
INSERT INTO t DEFAULT VALUES;

-- hazards
data-loss: the position of `ticket`

-- expect
ALTER TABLE t ALTER COLUMN id DROP DEFAULT;

DROP SEQUENCE ticket;
