"""Domains of organizations, and whose provider only an organization's is."""

import sqlalchemy as sa
from alembic import op

revision = "0065_organization_domains"
down_revision = "0064_sign_up_attributes"
DOMAINS, JOINS = "organization_domains", "domain_joins"
VERIFIED = sa.text("verified_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        DOMAINS,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("method", sa.String(8)),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("mail_digest", sa.String(64)),
        sa.Column("mailed_at", sa.DateTime(timezone=True)),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("auto_join", sa.Boolean(), nullable=False),
        sa.Column("provider_id", sa.String(64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"fk_{DOMAINS}_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DOMAINS}")),
        sa.UniqueConstraint(
            "organization_id",
            "domain",
            name=op.f(f"uq_{DOMAINS}_organization_id_domain"),
        ),
        sa.UniqueConstraint("mail_digest", name=op.f(f"uq_{DOMAINS}_mail_digest")),
    )
    op.create_index(
        f"uq_{DOMAINS}_verified",
        DOMAINS,
        ["domain"],
        unique=True,
        sqlite_where=VERIFIED,
        postgresql_where=VERIFIED,
    )
    op.create_table(
        JOINS,
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"fk_{JOINS}_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{JOINS}_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name=op.f(f"pk_{JOINS}")),
    )
    op.create_index(op.f(f"ix_{JOINS}_user_id"), JOINS, ["user_id"])
    op.add_column("providers", sa.Column("organization_id", sa.String(32)))
    op.create_index(
        "ix_providers_organization_id",
        "providers",
        ["organization_id"],
        sqlite_where=sa.text("organization_id IS NOT NULL"),
        postgresql_where=sa.text("organization_id IS NOT NULL"),
    )
