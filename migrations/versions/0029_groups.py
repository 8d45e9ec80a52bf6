"""Groups of users, roles of clients, and who may use a client."""

import sqlalchemy as sa
from alembic import op

revision = "0029_groups"
down_revision = "0028_actors"


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", sa.String(255), nullable=False),
        sa.Column("description", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("name_key", name=op.f("uq_groups_name_key")),
    )
    op.create_table(
        "app_roles",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("description", sa.String(255), nullable=False),
        sa.Column(
            "opens_client", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_roles")),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name=op.f("fk_app_roles_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "client_id", "name", name=op.f("uq_app_roles_client_id_name")
        ),
    )
    members = sa.Column("added_at", sa.DateTime(timezone=True), nullable=False)
    pair("group_members", "groups.id", "users.id", more=[members])
    pair("app_role_users", "app_roles.id", "users.id")
    pair("app_role_groups", "app_roles.id", "groups.id")
    pair("client_access_users", "clients.client_id", "users.id")
    pair("client_access_groups", "clients.client_id", "groups.id")
    op.add_column(
        "clients",
        sa.Column(
            "restricted", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )


COLUMNS = {
    "groups.id": ("group_id", 32),
    "users.id": ("user_id", 32),
    "app_roles.id": ("role_id", 32),
    "clients.client_id": ("client_id", 255),
}


def pair(table: str, one: str, other: str, *, more: list[sa.Column] = ()) -> None:
    """Create a table of pairs, looked up by the second too."""
    (left, left_size), (right, right_size) = COLUMNS[one], COLUMNS[other]
    op.create_table(
        table,
        sa.Column(left, sa.String(left_size), nullable=False),
        sa.Column(right, sa.String(right_size), nullable=False),
        *more,
        sa.PrimaryKeyConstraint(left, right, name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [target],
                name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}"),
                ondelete="CASCADE",
            )
            for column, target in ((left, one), (right, other))
        ),
    )
    op.create_index(op.f(f"ix_{table}_{right}"), table, [right])
