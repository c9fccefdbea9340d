-- A table told to be another schema's keeps its rows.

-- both
CREATE SCHEMA archive;

-- from
CREATE TABLE event (id bigint PRIMARY KEY, body text);

-- to
CREATE TABLE archive.event (id bigint PRIMARY KEY, body text);

-- rows
INSERT INTO event VALUES (1, 'a'), (2, 'b');

-- rename
public.event=archive.event

-- expect
ALTER TABLE event SET SCHEMA archive;
