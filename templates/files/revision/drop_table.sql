-- migrate: compatible=no
{% if not columns %}
-- migrate: irreversible="drops {{ table | replace('"', "'") }}, whose columns this revision does not know"
{% endif %}
{% include "_drop_table.sql" %}
-- migrate: down
{% if columns %}
{% include "_create_table.sql" %}
{% else %}
-- The columns of {{ table }} are not known here, so there is no way back.
{% endif %}
