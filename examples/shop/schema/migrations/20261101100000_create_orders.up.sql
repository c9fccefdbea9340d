-- Create orders.
-- migrate: revises=base

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL,
    sent_at timestamptz
);
