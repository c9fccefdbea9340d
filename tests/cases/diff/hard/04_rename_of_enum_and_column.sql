-- The enum and the column of it are renamed together, and a value comes.

-- from
CREATE TYPE job_state AS ENUM ('new', 'done');
CREATE TABLE job (id int PRIMARY KEY, job_state job_state NOT NULL DEFAULT 'new');

-- to
CREATE TYPE task_state AS ENUM ('new', 'running', 'done');
CREATE TABLE job (id int PRIMARY KEY, state task_state NOT NULL DEFAULT 'new');

-- rows
INSERT INTO job VALUES (1, 'done');

-- rename
job_state=task_state
job.job_state=job.state

-- hazards
irreversible: PostgreSQL can't remove a value from an enum in place

-- expect
ALTER TYPE job_state RENAME TO task_state;

ALTER TABLE job RENAME COLUMN job_state TO state;

ALTER TYPE task_state ADD VALUE 'running' BEFORE 'done';
