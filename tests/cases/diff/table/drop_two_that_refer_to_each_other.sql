-- Tables of a cycle can be dropped in no order while the keys stand.

-- from
CREATE TABLE team (id int PRIMARY KEY, lead int);
CREATE TABLE member (id int PRIMARY KEY, team int REFERENCES team);
ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member;

-- loses
team
member

-- hazards
data-loss: all rows of `member`
data-loss: all rows of `team`

-- expect
ALTER TABLE member DROP CONSTRAINT member_team_fkey;

ALTER TABLE team DROP CONSTRAINT team_lead_fkey;

DROP TABLE member;

DROP TABLE team;
