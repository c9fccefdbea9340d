-- A range of another subtype is another type.

-- from
CREATE TYPE r AS RANGE (subtype = int4);

-- to
CREATE TYPE r AS RANGE (subtype = int8);

-- expect
DROP TYPE r;

CREATE TYPE r AS RANGE (
    subtype = bigint
);
