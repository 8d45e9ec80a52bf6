"""Why requests were refused, and how often strangers were."""

import sqlalchemy as sa
from alembic import op

revision = "0072_refusals"
down_revision = "0071_audit_of_organizations"
compatible = True
REFUSALS, COUNTS = "refusals", "refusal_counts"


def upgrade() -> None:
    op.create_table(
        REFUSALS,
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endpoint", sa.String(255), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("check", sa.String(64), nullable=False),
        sa.Column("received", sa.JSON(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{REFUSALS}")),
    )
    op.create_index(op.f(f"ix_{REFUSALS}_reference"), REFUSALS, ["reference"])
    op.create_index(op.f(f"ix_{REFUSALS}_at"), REFUSALS, ["at"])
    op.create_index(
        op.f(f"ix_{REFUSALS}_known_client_id_id"),
        REFUSALS,
        ["known", "client_id", "id"],
    )
    op.create_table(
        COUNTS,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "event", "part", name=op.f(f"pk_{COUNTS}")),
    )
