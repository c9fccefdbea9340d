-- Keys of children over a parent's column: one inside of CREATE TABLE refuses null by itself, one added later doesn't.

-- needs
18

-- both
CREATE TABLE base (id int NOT NULL, a int);

-- to
CREATE TABLE inside (PRIMARY KEY (id)) INHERITS (base);
CREATE TABLE later () INHERITS (base);
ALTER TABLE later ADD PRIMARY KEY (id);

-- expect
CREATE TABLE inside (
    PRIMARY KEY (id)
) INHERITS (base);

CREATE TABLE later () INHERITS (base);

ALTER TABLE later ADD CONSTRAINT later_pkey PRIMARY KEY (id);
