-- A new child repeats a column of its parent, whose type changes at the same time.

-- from
CREATE TABLE base (id int, note varchar(9));

-- to
CREATE TABLE base (id int NOT NULL, note text);
CREATE TABLE child (note text DEFAULT 'c', own int PRIMARY KEY) INHERITS (base);

-- hazards
lock: ACCESS EXCLUSIVE on `base`
may-fail: `base.id` holds null

-- expect
ALTER TABLE base ALTER COLUMN note TYPE text;

ALTER TABLE base ALTER COLUMN id SET NOT NULL;

CREATE TABLE child (
    note text DEFAULT 'c',
    own integer PRIMARY KEY
) INHERITS (base);
