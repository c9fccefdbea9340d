-- A view under another name.

-- from
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW old_view AS SELECT id FROM t;

-- to
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW new_view AS SELECT id FROM t;

-- rename
old_view=new_view

-- expect
ALTER VIEW old_view RENAME TO new_view;
