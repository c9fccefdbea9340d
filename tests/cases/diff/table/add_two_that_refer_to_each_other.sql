-- The keys of a cycle come after both tables.

-- to
CREATE TABLE team (id int PRIMARY KEY, lead int);
CREATE TABLE member (id int PRIMARY KEY, team int REFERENCES team);
ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member;

-- expect
CREATE TABLE member (
    id integer PRIMARY KEY,
    team integer
);

CREATE TABLE team (
    id integer PRIMARY KEY,
    lead integer
);

ALTER TABLE member ADD CONSTRAINT member_team_fkey FOREIGN KEY (team) REFERENCES team (id);

ALTER TABLE team ADD CONSTRAINT team_lead_fkey FOREIGN KEY (lead) REFERENCES member (id);
