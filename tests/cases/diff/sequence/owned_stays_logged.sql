-- A table becomes unlogged, the sequence that it owns does not.

-- from
CREATE TABLE t (id int);
CREATE SEQUENCE s OWNED BY t.id;

-- to
CREATE UNLOGGED TABLE t (id int);
CREATE SEQUENCE s OWNED BY t.id;

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t SET UNLOGGED;

ALTER SEQUENCE s SET LOGGED;
