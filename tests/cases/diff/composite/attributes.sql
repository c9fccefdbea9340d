-- Attributes come, go and change.

-- from
CREATE TYPE addr AS (street text, no int, old text);

-- to
CREATE TYPE addr AS (street text, no bigint, zip varchar(10));

-- loses
addr.old

-- hazards
data-loss: `old` of all values of `addr`
may-fail: a column of `addr` exists

-- expect
ALTER TYPE addr DROP ATTRIBUTE old;

ALTER TYPE addr ALTER ATTRIBUTE no TYPE bigint;

ALTER TYPE addr ADD ATTRIBUTE zip varchar(10);
