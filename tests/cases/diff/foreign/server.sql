-- A wrapper, a server, a mapping and a table.

-- to
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db', dbname 'x');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'me');
CREATE FOREIGN TABLE remote (id int OPTIONS (column_name 'ID') NOT NULL, a text) SERVER far OPTIONS (table_name 'r');

-- expect
CREATE EXTENSION postgres_fdw;

CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db', dbname 'x');

CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS ("user" 'me');

CREATE FOREIGN TABLE remote (
    id integer OPTIONS (column_name 'ID') NOT NULL,
    a text
) SERVER far OPTIONS (table_name 'r');
