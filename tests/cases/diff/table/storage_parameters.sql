-- A parameter changed, one reset, one of the toast table set.

-- from
CREATE TABLE log (id int, line text) WITH (fillfactor=70, autovacuum_enabled=false);

-- to
CREATE TABLE log (id int, line text) WITH (fillfactor=80, toast.autovacuum_enabled=false);

-- rows
INSERT INTO log VALUES (1, 'x');

-- expect
ALTER TABLE log RESET (autovacuum_enabled);

ALTER TABLE log SET (fillfactor = 80);

ALTER TABLE log SET (toast.autovacuum_enabled = false);
