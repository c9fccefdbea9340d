-- A parent's new key refuses null in its children, and its lost one no longer does.

-- from
CREATE TABLE base (id int, a int);
CREATE TABLE child (own text) INHERITS (base);
CREATE TABLE log (at date NOT NULL, id int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log DEFAULT;

-- to
CREATE TABLE base (id int PRIMARY KEY, a int);
CREATE TABLE child (own text) INHERITS (base);
CREATE TABLE log (at date NOT NULL, id int NOT NULL, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log DEFAULT;

-- rows
INSERT INTO child VALUES (1, 2, 'x');
INSERT INTO log VALUES ('2026-01-01', 1);

-- hazards
lock: ACCESS EXCLUSIVE on `base`
may-fail: rows of `base` break `base_pkey`
lock: ACCESS EXCLUSIVE on `log_1`
may-fail: rows of `log_1` break `log_1_pkey`
lock: ACCESS EXCLUSIVE on `log`
may-fail: rows of `log` break `log_pkey`

-- expect
ALTER TABLE base ADD CONSTRAINT base_pkey PRIMARY KEY (id);

ALTER TABLE log_1 ADD CONSTRAINT log_1_pkey PRIMARY KEY (at, id);

ALTER TABLE log ADD CONSTRAINT log_pkey PRIMARY KEY (at, id);
