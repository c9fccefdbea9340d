ALTER TABLE {{ table }}{{ columns | map(attribute="drop_not_null") | actions("ALTER COLUMN") }};
-- migrate: down
-- Fails where a row has no value by then.
ALTER TABLE {{ table }}{{ columns | reverse | map(attribute="set_not_null") | actions("ALTER COLUMN") }};
