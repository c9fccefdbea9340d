# Writes what each revision of an Alembic project runs, as JSON: its own offline mode prints the SQL.
import io
import json
import re
import sys

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

ini, answer = sys.argv[1:3]


def sql(direction, span):
    out = io.StringIO()
    getattr(command, direction)(Config(ini, output_buffer=out), span, sql=True)
    return out.getvalue()


def names(value):
    if value is None:
        return []
    return [value] if isinstance(value, str) else sorted(value)


rows = []
scripts = ScriptDirectory.from_config(Config(ini))
for revision in reversed(list(scripts.walk_revisions())):
    below = names(revision.down_revision)
    date = re.search(r"Create Date: ([0-9: -]+)", revision.module.__doc__ or "")
    row = {
        "id": revision.revision,
        "revises": below,
        "depends_on": [scripts.get_revision(name).revision for name in names(revision.dependencies)],
        "labels": names(getattr(revision.module, "branch_labels", None)),
        "message": revision.doc or "",
        "date": date.group(1) if date else "",
        "up": "",
        "down": "" if len(below) > 1 else None,
        "error": None,
    }
    # A merge runs nothing.
    if len(below) < 2:
        start = below[0] if below else "base"
        try:
            row["up"] = sql("upgrade", f"{start}:{revision.revision}")
        except BaseException as error:
            row["error"] = f"{type(error).__name__}: {error}"
        try:
            row["down"] = sql("downgrade", f"{revision.revision}:{start}")
        except BaseException:
            pass  # There is no way down then.
    rows.append(row)

with open(answer, "w", encoding="utf-8") as file:
    json.dump(rows, file)
