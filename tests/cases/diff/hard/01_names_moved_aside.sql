-- No rename is meant, but the names of the new table's parts are taken by the old one's.

-- from
CREATE TABLE old_one (id int CONSTRAINT shared_name PRIMARY KEY, a text);
CREATE INDEX other_name ON old_one (a);

-- to
CREATE TABLE old_one (id int CONSTRAINT old_one_pkey PRIMARY KEY, a text);
CREATE INDEX old_one_a ON old_one (a);
CREATE TABLE new_one (id int CONSTRAINT shared_name PRIMARY KEY, b date);
CREATE INDEX other_name ON new_one (b);

-- rows
INSERT INTO old_one VALUES (1, 'x');

-- expect
ALTER TABLE old_one RENAME CONSTRAINT shared_name TO old_one_pkey;

ALTER INDEX other_name RENAME TO old_one_a;

CREATE TABLE new_one (
    id integer,
    b date,
    CONSTRAINT shared_name PRIMARY KEY (id)
);

CREATE INDEX other_name ON new_one (b);
