{% if from %}
UPDATE {{ table }} SET {{ column }} = {{ to }} WHERE {{ column }} = {{ from }};
-- migrate: down
-- Rows that had {{ to }} before this revision change too.
UPDATE {{ table }} SET {{ column }} = {{ from }} WHERE {{ column }} = {{ to }};
{% elif columns %}
{% for column in columns %}
{% if column.backfill %}
UPDATE {{ table }} SET {{ column.name }} = {{ column.backfill }} WHERE {{ column.name }} IS NULL;
{% else %}
-- UPDATE {{ table }} SET {{ column.name }} = ... WHERE {{ column.name }} IS NULL;
{% endif %}
{% endfor %}
-- migrate: down
-- Nothing to take back: which rows had no value is not known any more.
{% else %}
-- Change rows here, in a form that can run twice, such as:
-- UPDATE users SET status = 'suspended' WHERE status = 'inactive';
-- Many rows? Write the line `-- migrate: batch` right above the statement.
-- migrate: down
-- Change them back here, such as:
-- UPDATE users SET status = 'inactive' WHERE status = 'suspended';
{% endif %}
