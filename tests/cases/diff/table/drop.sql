-- A table with its sequence and index.

-- from
CREATE TABLE account (id bigserial PRIMARY KEY, email text);
CREATE INDEX account_email ON account (lower(email));

-- loses
account

-- hazards
data-loss: all rows of `account`

-- expect
DROP TABLE account;
