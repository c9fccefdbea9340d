-- A dictionary and a configuration, and an index that uses it.

-- to
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, stopwords = english);
CREATE TEXT SEARCH CONFIGURATION notes (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION notes ALTER MAPPING FOR asciiword WITH plain;
CREATE TABLE t (id int PRIMARY KEY, body text);
CREATE INDEX t_body ON t USING gin (to_tsvector('notes', body));

-- expect
CREATE TABLE t (
    id integer PRIMARY KEY,
    body text
);

CREATE INDEX t_body ON t USING gin (to_tsvector('public.notes'::regconfig, body));

