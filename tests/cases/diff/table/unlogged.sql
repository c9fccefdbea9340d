-- Logged to unlogged, in place.

-- from
CREATE TABLE cache (k text PRIMARY KEY, v text);

-- to
CREATE UNLOGGED TABLE cache (k text PRIMARY KEY, v text);

-- rows
INSERT INTO cache VALUES ('a', 'b');

-- hazards
lock: ACCESS EXCLUSIVE on `cache`
rewrite: writes `cache` anew

-- expect
ALTER TABLE cache SET UNLOGGED;
