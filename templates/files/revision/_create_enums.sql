{% for enum in enums %}
CREATE TYPE {{ enum.name }} AS ENUM ({{ enum.labels | join(", ") }});

{% endfor %}
