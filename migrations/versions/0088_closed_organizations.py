"""What is open in organizations that are out of use is found, to be ended by and by."""

import sqlalchemy as sa

from idp.ops.upgrades.indexes import create_index, drop_index

revision = "0088_closed_organizations"
down_revision = "0087_invites_to_apps"
compatible = True
concurrent = True

IN_CONTEXT = sa.text("organization_id IS NOT NULL")
OUT_OF_USE = sa.text("(status = 'disabled' OR delete_at IS NOT NULL)")


def upgrade() -> None:
    create_index(
        "ix_organizations_out_of_use",
        "organizations",
        columns=["id"],
        sqlite_where=OUT_OF_USE,
        postgresql_where=OUT_OF_USE,
    )
    create_index(
        "ix_grants_in_context",
        "grants",
        columns=["organization_id", "revoked_at"],
        sqlite_where=IN_CONTEXT,
        postgresql_where=IN_CONTEXT,
    )
    drop_index("ix_grants_organization_id", "grants")
