-- migrate: compatible=no
{% if untyped %}
-- migrate: irreversible="drops {{ untyped | replace('"', "'") }}, whose type this revision does not know"
{% endif %}
{% include "_drop_columns.sql" %}
-- migrate: down
{% if untyped %}
-- The type of {{ untyped }} is not known here, so there is no way back.
{% else %}
{% include "_add_columns.sql" %}
{% endif %}
