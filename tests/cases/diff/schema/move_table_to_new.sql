-- A table told to be another schema's finds that schema made.

-- from
CREATE TABLE event (id bigint PRIMARY KEY, body text);

-- to
CREATE SCHEMA archive;
CREATE TABLE archive.event (id bigint PRIMARY KEY, body text);

-- rows
INSERT INTO event VALUES (1, 'a'), (2, 'b');

-- rename
public.event=archive.event

-- expect
CREATE SCHEMA archive;

ALTER TABLE event SET SCHEMA archive;
