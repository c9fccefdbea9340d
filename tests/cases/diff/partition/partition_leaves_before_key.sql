-- A key of a partitioned table that a partition which goes, partitioned by another column, could not have.

-- from
CREATE TABLE log (at date NOT NULL, id bigint NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE log_rest PARTITION OF log DEFAULT PARTITION BY LIST (kind);
CREATE TABLE log_rest_a PARTITION OF log_rest FOR VALUES IN ('a');
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (kind);

-- to
CREATE TABLE log (at date NOT NULL, id bigint NOT NULL, kind text, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE UNIQUE INDEX log_once ON log (id, at);
CREATE TABLE log_old (at date NOT NULL, id bigint NOT NULL, kind text) PARTITION BY LIST (kind);

-- loses
log_rest
log_rest_a

-- hazards
data-loss: all rows of `log_rest_a`
data-loss: all rows of `log_rest`
lock: ACCESS EXCLUSIVE on `log`
may-fail: rows of `log` break `log_pkey`
lock: SHARE on `log`
may-fail: rows of `log` are not unique

-- expect
ALTER TABLE log DETACH PARTITION log_old;

DROP TABLE log_rest_a;

DROP TABLE log_rest;

ALTER TABLE log ADD CONSTRAINT log_pkey PRIMARY KEY (at, id);

CREATE UNIQUE INDEX log_once ON log (id, at);
