-- A schema goes with all that is in it, objects first.

-- from
CREATE SCHEMA billing;
CREATE TYPE billing.state AS ENUM ('open', 'paid');
CREATE TABLE billing.invoice (id bigint PRIMARY KEY, state billing.state NOT NULL);
CREATE VIEW billing.open_invoice AS SELECT id FROM billing.invoice WHERE state = 'open';

-- loses
billing.invoice

-- hazards
data-loss: all rows of `billing.invoice`

-- expect
DROP VIEW billing.open_invoice;

DROP TABLE billing.invoice;

DROP TYPE billing.state;

DROP SCHEMA billing;
