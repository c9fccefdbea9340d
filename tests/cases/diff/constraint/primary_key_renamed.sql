-- Only the name differs: a rename, no new index.

-- from
CREATE TABLE t (id int CONSTRAINT t_id PRIMARY KEY);

-- to
CREATE TABLE t (id int CONSTRAINT t_pkey PRIMARY KEY);

-- expect
ALTER TABLE t RENAME CONSTRAINT t_id TO t_pkey;
