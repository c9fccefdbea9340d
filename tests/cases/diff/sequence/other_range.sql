-- A sequence whose old positions are none of the new begins anew, which is said.

-- from
CREATE SEQUENCE s;

-- to
CREATE SEQUENCE s AS smallint INCREMENT -1;

-- hazards
data-loss: the position of `s`

-- expect
ALTER SEQUENCE s AS smallint INCREMENT BY -1 MINVALUE -32768 MAXVALUE -1 START WITH -1 RESTART;
