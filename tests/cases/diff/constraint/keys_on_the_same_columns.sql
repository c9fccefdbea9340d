-- Two keys on the same columns: inside one CREATE TABLE PostgreSQL would make one of them.

-- from
CREATE TABLE rooms (number integer);

-- to
CREATE TABLE rooms (number integer);
CREATE TABLE workers (name text NOT NULL, team text NOT NULL);
ALTER TABLE workers ADD CONSTRAINT workers_name_unique UNIQUE (name);
ALTER TABLE workers ADD CONSTRAINT workers_pkey PRIMARY KEY (name);
ALTER TABLE workers ADD CONSTRAINT workers_team_key UNIQUE (team);
ALTER TABLE workers ADD CONSTRAINT workers_team_key1 UNIQUE (team) WITH (fillfactor = 70);

-- expect
CREATE TABLE workers (
    name text PRIMARY KEY,
    team text NOT NULL UNIQUE
);

ALTER TABLE workers ADD CONSTRAINT workers_name_unique UNIQUE (name);

ALTER TABLE workers ADD CONSTRAINT workers_team_key1 UNIQUE (team) WITH (fillfactor = 70);
