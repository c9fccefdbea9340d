-- The storage parameters of keys: no key is built anew for them.

-- from
CREATE TABLE t (id int, a int, b int, c int,
    CONSTRAINT t_pkey PRIMARY KEY (id) WITH (fillfactor = 80),
    CONSTRAINT a_key UNIQUE (a),
    CONSTRAINT b_key UNIQUE (b) WITH (deduplicate_items = off, fillfactor = 70));
CREATE TABLE child (id int REFERENCES t (id));

-- to
CREATE TABLE t (id int, a int, b int, c int,
    CONSTRAINT t_pkey PRIMARY KEY (id),
    CONSTRAINT a_key UNIQUE (a) WITH (fillfactor = 90),
    CONSTRAINT b_key UNIQUE (b) WITH (fillfactor = 60),
    CONSTRAINT c_key UNIQUE (c) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE child (id int REFERENCES t (id));
CREATE TABLE fresh (id int PRIMARY KEY WITH (fillfactor = 40), code text, UNIQUE (code, id) WITH (fillfactor = 30) DEFERRABLE);

-- rows
INSERT INTO t VALUES (1, 2, 3, 4);
INSERT INTO child VALUES (1);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
may-fail: rows of `t` break `c_key`

-- expect
CREATE TABLE fresh (
    id integer PRIMARY KEY WITH (fillfactor = 40),
    code text,
    UNIQUE (code, id) WITH (fillfactor = 30) DEFERRABLE
);

ALTER INDEX a_key SET (fillfactor = 90);

ALTER INDEX b_key RESET (deduplicate_items);

ALTER INDEX b_key SET (fillfactor = 60);

ALTER TABLE t ADD CONSTRAINT c_key UNIQUE (c) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED;

ALTER INDEX t_pkey RESET (fillfactor);
