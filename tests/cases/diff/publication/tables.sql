-- A table comes to a publication and one goes.

-- both
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);

-- from
CREATE PUBLICATION p FOR TABLE a;
COMMENT ON PUBLICATION p IS 'both';

-- to
CREATE PUBLICATION p FOR TABLE b WITH (publish_via_partition_root = true);
COMMENT ON PUBLICATION p IS 'one';

-- expect
DROP PUBLICATION p;

CREATE PUBLICATION p FOR TABLE b WITH (publish_via_partition_root = true);

COMMENT ON PUBLICATION p IS 'one';
