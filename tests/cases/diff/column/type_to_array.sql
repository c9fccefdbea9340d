-- A value becomes the only element of an array, null stays null; one of another kind goes over text.

-- from
CREATE TABLE t (a int, b varchar(5), c int, d jsonb);

-- to
CREATE TABLE t (a int[], b text[], c bigint[], d text[]);

-- rows
INSERT INTO t VALUES (1, 'x', 2, NULL), (NULL, NULL, NULL, NULL);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew

-- expect
ALTER TABLE t ALTER COLUMN d TYPE text[] USING CASE WHEN d IS NOT NULL THEN ARRAY[d]::text[] END;

ALTER TABLE t ALTER COLUMN c TYPE bigint[] USING CASE WHEN c IS NOT NULL THEN ARRAY[c]::bigint[] END;

ALTER TABLE t ALTER COLUMN b TYPE text[] USING CASE WHEN b IS NOT NULL THEN ARRAY[b]::text[] END;

ALTER TABLE t ALTER COLUMN a TYPE integer[] USING CASE WHEN a IS NOT NULL THEN ARRAY[a]::integer[] END;
