-- migrate: compatible=no
{% if not labels %}
-- migrate: irreversible="drops {{ type | replace('"', "'") }}, whose labels this revision does not know"
{% endif %}
DROP TYPE {{ type }};
-- migrate: down
{% if labels %}
CREATE TYPE {{ type }} AS ENUM ({{ labels | join(", ") }});
{% else %}
-- The labels of {{ type }} are not known here, so there is no way back.
{% endif %}
