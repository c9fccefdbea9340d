-- A table that leaves a schema keeps its key when that schema goes.

-- from
CREATE SCHEMA archive;
CREATE TABLE archive.event (id bigint PRIMARY KEY, body text);

-- to
CREATE TABLE event (id bigint PRIMARY KEY, body text);

-- rows
INSERT INTO archive.event VALUES (1, 'a'), (2, 'b');

-- rename
archive.event=public.event

-- expect
ALTER TABLE archive.event SET SCHEMA public;

DROP SCHEMA archive;
