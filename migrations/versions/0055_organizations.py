"""Organizations of several people: slugs, states, and roles of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0055_organizations"
down_revision = "0054_upstream_sessions"
TABLE, MEMBERSHIPS, ROLES = "organizations", "memberships", "organization_roles"
OWNERS = sa.text("roles LIKE 'owner%'")


def upgrade() -> None:
    add_columns()
    keep_roles_as_words()
    op.create_table(
        ROLES,
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f(f"fk_{ROLES}_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "name", name=op.f(f"pk_{ROLES}")),
    )


def add_columns() -> None:
    """Add them one by one: a copy of the table would take the memberships along."""
    for column in (
        sa.Column("slug", sa.String(31)),
        sa.Column("logo_uri", sa.String(2048)),
        sa.Column("status", sa.String(16), nullable=False, server_default="active"),
        sa.Column("delete_at", sa.DateTime(timezone=True)),
        sa.Column("created_by", sa.String(32)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
    ):
        op.add_column(TABLE, column)
    op.create_index(f"uq_{TABLE}_slug", TABLE, ["slug"], unique=True)
    for name in ("created_by", "delete_at"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name])


def keep_roles_as_words() -> None:
    """Let a membership have several roles, the highest of ours first."""
    with op.batch_alter_table(MEMBERSHIPS) as batch:
        batch.alter_column(
            "role",
            new_column_name="roles",
            existing_type=sa.String(16),
            type_=sa.Text(),
            existing_nullable=False,
        )
    op.create_index(
        f"ix_{MEMBERSHIPS}_joined",
        MEMBERSHIPS,
        ["organization_id", "created_at", "user_id"],
    )
    op.create_index(
        f"ix_{MEMBERSHIPS}_owners",
        MEMBERSHIPS,
        ["organization_id"],
        sqlite_where=OWNERS,
        postgresql_where=OWNERS,
    )
