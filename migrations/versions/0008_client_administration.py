"""Client administration."""

import sqlalchemy as sa
from alembic import op

revision = "0008_client_administration"
down_revision = "0007_mail_requests"


def create_client_logos() -> None:
    op.create_table(
        "client_logos",
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name="fk_client_logos_client_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "name", name="pk_client_logos"),
    )


def brand_clients() -> None:
    op.add_column("clients", sa.Column("branding", sa.JSON(), nullable=True))


def index_grants_by_time() -> None:
    op.create_index(
        "ix_grants_client_id_created_at", "grants", ["client_id", "created_at"]
    )
    op.drop_index("ix_grants_client_id", table_name="grants")


def upgrade() -> None:
    create_client_logos()
    brand_clients()
    index_grants_by_time()
