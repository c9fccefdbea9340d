-- The sequence of a column goes with its table.

-- from
CREATE TABLE event (id serial PRIMARY KEY, body text);

-- to
CREATE SCHEMA archive;
CREATE TABLE archive.event (id serial PRIMARY KEY, body text);

-- rows
INSERT INTO event (body) VALUES ('a'), ('b');

-- rename
public.event=archive.event

-- expect
CREATE SCHEMA archive;

ALTER TABLE event SET SCHEMA archive;
