-- A table renamed while its sequence, key and index keep their names; a new table takes the old name.

-- from
CREATE TABLE packages (id serial PRIMARY KEY, name text);
CREATE INDEX packages_name ON packages (name);

-- to
CREATE TABLE crates (id int DEFAULT 0 NOT NULL, name text);
CREATE SEQUENCE packages_id_seq AS integer OWNED BY crates.id;
ALTER TABLE crates ALTER id SET DEFAULT nextval('packages_id_seq');
ALTER TABLE crates ADD CONSTRAINT packages_pkey PRIMARY KEY (id);
CREATE INDEX packages_name ON crates (name);
CREATE TABLE packages (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME packages_id_seq1) CONSTRAINT packages_pkey1 PRIMARY KEY, crate int REFERENCES crates);

-- rows
INSERT INTO packages (name) VALUES ('a'), ('b');

-- rename
packages=crates

-- expect
ALTER TABLE packages RENAME TO crates;

CREATE TABLE packages (
    id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME packages_id_seq1),
    crate integer REFERENCES crates (id),
    CONSTRAINT packages_pkey1 PRIMARY KEY (id)
);
