{% for index in indexes | reverse %}
DROP INDEX {{ index.path }};

{% endfor %}
