{% for column in columns %}
{% if column.backfill %}
UPDATE {{ table }} SET {{ column.name }} = {{ column.backfill }} WHERE {{ column.name }} IS NULL;

{% else %}
-- Rows without a value make SET NOT NULL fail:
-- UPDATE {{ table }} SET {{ column.name }} = ... WHERE {{ column.name }} IS NULL;

{% endif %}
{% endfor %}
ALTER TABLE {{ table }}{{ columns | map(attribute="set_not_null") | actions("ALTER COLUMN") }};
-- migrate: down
ALTER TABLE {{ table }}{{ columns | reverse | map(attribute="drop_not_null") | actions("ALTER COLUMN") }};
