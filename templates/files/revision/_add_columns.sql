{% include "_create_enums.sql" %}
ALTER TABLE {{ table }}{{ columns | map(attribute="addition") | actions("ADD COLUMN") }};

{% for column in columns %}
{% if column.backfill %}
UPDATE {{ table }} SET {{ column.name }} = {{ column.backfill }} WHERE {{ column.name }} IS NULL;

{% elif column.unfilled %}
-- Rows that exist already need a value here, or SET NOT NULL fails:
-- UPDATE {{ table }} SET {{ column.name }} = ... WHERE {{ column.name }} IS NULL;

{% endif %}
{% endfor %}
{% if alterations %}
ALTER TABLE {{ table }}{{ alterations | actions("ALTER COLUMN") }};

{% endif %}
{% if constraints %}
ALTER TABLE {{ table }}{{ constraints | map(attribute="definition") | actions("ADD CONSTRAINT") }};

{% endif %}
{% include "_create_indexes.sql" %}
