-- Alembic: silent on predicate, method, included columns, operator class and parameters.

-- from
CREATE TABLE t (a int, b text, c jsonb, d text);
CREATE INDEX i1 ON t (a);
CREATE INDEX i2 ON t (c);
CREATE INDEX i3 ON t (a);
CREATE INDEX i4 ON t (b);
CREATE INDEX i5 ON t (d);

-- to
CREATE TABLE t (a int, b text, c jsonb, d text);
CREATE INDEX i1 ON t (a) WHERE a > 0;
CREATE INDEX i2 ON t USING gin (c);
CREATE INDEX i3 ON t (a) INCLUDE (b);
CREATE INDEX i4 ON t (b text_pattern_ops);
CREATE INDEX i5 ON t (d) WITH (fillfactor=50);

-- hazards
lock: SHARE on `t`
lock: SHARE on `t`
lock: SHARE on `t`
lock: SHARE on `t`
lock: SHARE on `t`

-- expect
DROP INDEX i1;

DROP INDEX i2;

DROP INDEX i3;

DROP INDEX i4;

DROP INDEX i5;

CREATE INDEX i1 ON t (a) WHERE (a > 0);

CREATE INDEX i2 ON t USING gin (c);

CREATE INDEX i3 ON t (a) INCLUDE (b);

CREATE INDEX i4 ON t (b text_pattern_ops);

CREATE INDEX i5 ON t (d) WITH (fillfactor='50');
