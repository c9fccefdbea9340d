-- migrate: irreversible="PostgreSQL can't take a label out of an enum type"
{% for label in labels %}
ALTER TYPE {{ type }} ADD VALUE {{ label }};
{% endfor %}
-- migrate: down
-- PostgreSQL can't take a label out of an enum type, so there is no way back.
