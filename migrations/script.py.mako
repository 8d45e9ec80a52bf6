<%
import re

START = re.compile(r"^    (?=op\.create_table\('(\w+)')", re.MULTILINE)


def tidy(code):
    """Say plainly what Alembic says with all options."""
    code = re.sub(r"(?:batch_)?op\.f\(('[^']*')\)", r"\1", code).replace(", unique=False", "")
    code = re.sub(r"String\(length=(\d+)\)", r"String(\1)", code)
    return "\n".join(line for line in code.splitlines() if "# ###" not in line)


def functions(code):
    """Write a function for each new table, and ``upgrade``, which calls them."""
    first, *rest = START.split("    " + tidy(code).strip())
    made = dict(zip(rest[::2], rest[1::2]))
    for table, body in made.items():
        yield f"def create_{table}() -> None:\n    {body.strip()}\n\n\n"
    calls = "\n".join(f"    create_{table}()" for table in made)
    body = (first.strip() + "\n" + calls).strip() or "pass"
    yield f"def upgrade() -> None:\n    {body}"
%>"""${message.capitalize()}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
compatible = False  # True where the version before works with it as well
# Indexes of tables that are there already are made by a revision of their own, with
# idp.ops.upgrades.indexes and: concurrent = True


${"".join(functions(upgrades or ""))}
