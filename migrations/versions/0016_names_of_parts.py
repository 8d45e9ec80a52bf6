"""Names: those who gave only its parts are called by what they make."""

import sqlalchemy as sa
from alembic import op

revision = "0016_names_of_parts"
down_revision = "0015_address_spelling"

# As long as the column is.
NAMES = sa.text(
    "UPDATE users SET name = nullif(substr(trim(coalesce(given_name, '') || ' '"
    " || coalesce(family_name, '')), 1, 255), '')"
    " WHERE name IS NULL AND (given_name IS NOT NULL OR family_name IS NOT NULL)"
)


def upgrade() -> None:
    op.execute(NAMES)
