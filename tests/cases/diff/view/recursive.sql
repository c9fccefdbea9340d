-- A recursive view.

-- to
CREATE TABLE node (id int PRIMARY KEY, parent int);
CREATE RECURSIVE VIEW line (id, depth) AS SELECT id, 1 FROM node WHERE parent IS NULL UNION ALL SELECT n.id, l.depth + 1 FROM node n JOIN line l ON n.parent = l.id;

-- expect
CREATE TABLE node (
    id integer PRIMARY KEY,
    parent integer
);

CREATE VIEW line AS
WITH RECURSIVE line(id, depth) AS (
         SELECT node.id,
            1 AS "?column?"
           FROM node
          WHERE (node.parent IS NULL)
        UNION ALL
         SELECT n.id,
            (l.depth + 1)
           FROM (node n
             JOIN line l ON ((n.parent = l.id)))
        )
 SELECT line.id,
    line.depth
   FROM line;
