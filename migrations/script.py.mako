<%
import re

def body(code):
    code = re.sub(r"op\.f\(('[^']*')\)", r"\1", code).replace(", unique=False", "")
    code = re.sub(r"String\(length=(\d+)\)", r"String(\1)", code)
    lines = [line for line in code.splitlines() if "# ###" not in line]
    return "\n".join(lines).strip() or "pass"
%>"""${message.capitalize()}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${body(upgrades or "")}
