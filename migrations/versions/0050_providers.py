"""Other providers that sign people in, and the identities linked to users."""

import sqlalchemy as sa
from alembic import op

revision = "0050_providers"
down_revision = "0049_second_step"
PROVIDERS, LINKED = "providers", "linked_identities"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        PROVIDERS,
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("configured", sa.JSON(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{PROVIDERS}")),
    )
    _link_identities()


def _link_identities() -> None:
    """Make the table of who is whom at a provider."""
    op.create_table(
        LINKED,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("tokens_sealed", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f(f"fk_{LINKED}_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{LINKED}_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINKED}")),
        sa.UniqueConstraint(
            "provider_id", "subject", name=op.f(f"uq_{LINKED}_provider_id_subject")
        ),
    )
    op.create_index(op.f(f"ix_{LINKED}_user_id"), LINKED, ["user_id"])
