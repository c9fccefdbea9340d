-- A table with what most tables have.

-- to
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    age integer CHECK (age > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE account IS 'Who may log in.';
COMMENT ON COLUMN account.email IS 'Lower case.';
CREATE INDEX account_created_at ON account (created_at DESC);

-- expect
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    age integer CHECK (age > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX account_created_at ON account (created_at DESC);

COMMENT ON TABLE account IS 'Who may log in.';

COMMENT ON COLUMN account.email IS 'Lower case.';
