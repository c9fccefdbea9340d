-- A rule of the parent writes to the child: it goes before both tables.

-- from
CREATE TABLE base (id int);
CREATE TABLE child () INHERITS (base);
CREATE RULE r AS ON INSERT TO base DO INSTEAD INSERT INTO child VALUES (new.id);

-- to
CREATE TABLE other (id int);

-- hazards
data-loss: all rows of `child`
data-loss: all rows of `base`

-- expect
DROP RULE r ON base;

CREATE TABLE other (
    id integer
);

DROP TABLE child;

DROP TABLE base;
