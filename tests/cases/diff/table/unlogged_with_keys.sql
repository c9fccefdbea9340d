-- Tables that point at each other's become unlogged one after the other; what points from outside goes first.

-- from
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
CREATE TABLE outside (id int PRIMARY KEY, a int REFERENCES a);

-- to
CREATE UNLOGGED TABLE a (id int PRIMARY KEY);
CREATE UNLOGGED TABLE b (id int PRIMARY KEY, a int REFERENCES a);

-- hazards
lock: ACCESS EXCLUSIVE on `b`
rewrite: writes `b` anew
data-loss: all rows of `outside`
lock: ACCESS EXCLUSIVE on `a`
rewrite: writes `a` anew

-- expect
ALTER TABLE b SET UNLOGGED;

DROP TABLE outside;

ALTER TABLE a SET UNLOGGED;
