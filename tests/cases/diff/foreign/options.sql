-- Options of a server and of a table are added, set and dropped.

-- both
CREATE EXTENSION postgres_fdw;

-- from
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db', dbname 'x');
CREATE FOREIGN TABLE remote (id int OPTIONS (column_name 'ID'), a text) SERVER far OPTIONS (table_name 'r');

-- to
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db2', port '6000');
CREATE FOREIGN TABLE remote (id int, a text OPTIONS (column_name 'A'), b int) SERVER far OPTIONS (table_name 'q', schema_name 's');

-- expect
ALTER SERVER far OPTIONS (SET host 'db2', ADD port '6000', DROP dbname);

ALTER FOREIGN TABLE remote OPTIONS (SET table_name 'q', ADD schema_name 's');

ALTER FOREIGN TABLE remote ALTER COLUMN a OPTIONS (ADD column_name 'A');

ALTER FOREIGN TABLE remote ALTER COLUMN id OPTIONS (DROP column_name);

ALTER TABLE remote ADD COLUMN b integer;
