-- All of it goes, in order.

-- from
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE remote (id int) SERVER far;

-- loses
remote

-- hazards
may-fail: something still uses it

-- expect
DROP FOREIGN TABLE remote;

DROP SERVER far;

DROP EXTENSION postgres_fdw;
