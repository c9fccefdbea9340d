CREATE TYPE {{ type }} AS ENUM ({{ labels | join(", ") }});
-- migrate: down
DROP TYPE {{ type }};
