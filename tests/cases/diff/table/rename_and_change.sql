-- Renamed and altered in the same step.

-- from
CREATE TABLE users (id int PRIMARY KEY, name text, score int DEFAULT 0);

-- to
CREATE TABLE player (id bigint PRIMARY KEY, name text NOT NULL, score bigint DEFAULT 10, joined date);

-- rows
INSERT INTO users VALUES (1, 'a', 5);

-- rename
users=player

-- hazards
lock: ACCESS EXCLUSIVE on `player`
rewrite: writes `player` anew
lock: ACCESS EXCLUSIVE on `player`
rewrite: writes `player` anew
lock: ACCESS EXCLUSIVE on `player`
may-fail: `player.name` holds null

-- expect
ALTER TABLE users RENAME TO player;

ALTER TABLE player RENAME CONSTRAINT users_pkey TO player_pkey;

ALTER TABLE player ALTER COLUMN score DROP DEFAULT;

ALTER TABLE player ALTER COLUMN score TYPE bigint;

ALTER TABLE player ALTER COLUMN id TYPE bigint;

ALTER TABLE player ADD COLUMN joined date;

ALTER TABLE player ALTER COLUMN score SET DEFAULT 10;

ALTER TABLE player ALTER COLUMN name SET NOT NULL;
