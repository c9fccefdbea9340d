-- Children first.

-- from
CREATE TABLE base (id int);
CREATE TABLE child (own text) INHERITS (base);

-- loses
base
child

-- hazards
data-loss: all rows of `child`
data-loss: all rows of `base`

-- expect
DROP TABLE child;

DROP TABLE base;
