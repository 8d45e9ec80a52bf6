"""Who is invited, into an organization or to the server."""

import sqlalchemy as sa
from alembic import op

from idp.core.db import UTCDateTime

revision = "0059_invites"
down_revision = "0058_watched_links"
TABLE = "invites"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32)),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.String(32)),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime()),
        sa.Column("accepted_by", sa.String(32)),
        sa.Column("declined_at", UTCDateTime()),
        sa.Column("withdrawn_at", UTCDateTime()),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"fk_{TABLE}_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f(f"fk_{TABLE}_invited_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["users.id"],
            name=op.f(f"fk_{TABLE}_accepted_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{TABLE}_digest")),
    )
    op.create_index(f"ix_{TABLE}_list", TABLE, ["organization_id", "id"])
    op.create_index(f"ix_{TABLE}_email_key", TABLE, ["email_key", "organization_id"])
    for column in ("invited_by", "expires_at", "accepted_by"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
