-- The type changes, which forgets storage and compression: they are set again. A new column has both and a collation.

-- needs
14

-- from
CREATE TABLE t (a varchar(10), b text COMPRESSION pglz);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL;

-- to
CREATE TABLE t (a text, b varchar(100) COMPRESSION pglz, c text COMPRESSION pglz COLLATE "C" NOT NULL DEFAULT '');
ALTER TABLE t ALTER a SET STORAGE EXTERNAL;

-- rows
INSERT INTO t VALUES ('a', 'b');

-- hazards
data-loss: the data of `t.b`, if it has become `t.a`
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
may-fail: a value of `t.b` doesn't fit character varying(100)

-- expect
ALTER TABLE t ALTER COLUMN b TYPE varchar(100);

ALTER TABLE t ALTER COLUMN b SET COMPRESSION pglz;

ALTER TABLE t ALTER COLUMN a TYPE text;

ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL;

ALTER TABLE t ADD COLUMN c text COMPRESSION pglz COLLATE "C" NOT NULL DEFAULT '';
