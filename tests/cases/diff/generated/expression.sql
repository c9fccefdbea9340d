-- Another expression means another column.

-- from
CREATE TABLE t (w int, h int, area int GENERATED ALWAYS AS (w * h) STORED);
CREATE INDEX t_area ON t (area);

-- to
CREATE TABLE t (w int, h int, area int GENERATED ALWAYS AS (w * h * 2) STORED);
CREATE INDEX t_area ON t (area);

-- hazards
lock: ACCESS EXCLUSIVE on `t`
rewrite: writes `t` anew
lock: SHARE on `t`

-- expect
DROP INDEX t_area;

ALTER TABLE t DROP COLUMN area;

ALTER TABLE t ADD COLUMN area integer GENERATED ALWAYS AS ((w * h) * 2) STORED;

CREATE INDEX t_area ON t (area);
