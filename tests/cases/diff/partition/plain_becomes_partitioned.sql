-- PostgreSQL can't turn a table into a partitioned one: the plan says what goes.

-- from
CREATE TABLE event (id int, at date NOT NULL);

-- to
CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);

-- loses
event

-- hazards
data-loss: all rows of `event`

-- expect
DROP TABLE event;

CREATE TABLE event (
    id integer,
    at date NOT NULL
) PARTITION BY RANGE (at);
