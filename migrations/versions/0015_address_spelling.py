"""One address, one spelling: the domain in keys is in the letters of the DNS.

Where two accounts turn out to hold one mailbox, the one whose address is confirmed
keeps it, else the older one. The other is named in the log; it signs in by its
username or by a link that an operator makes. Reservations of erased accounts are
digests, so those of internationalised domains cannot be brought over.
"""

import logging
from unicodedata import normalize

import email_validator
import sqlalchemy as sa
from alembic import op

revision = "0015_address_spelling"
down_revision = "0014_mail_values"

USERS = sa.text("SELECT id, email, email_key, email_verified_at, created_at FROM users")
RESPELL_USER = sa.text(
    "UPDATE users SET email = :email, email_key = :key WHERE id = :id"
)
CHANGES = sa.text("SELECT id, old_email, old_email_key, new_email FROM email_changes")
RESPELL_CHANGE = sa.text(
    "UPDATE email_changes SET old_email = :old, old_email_key = :old_key,"
    " new_email = :new, new_email_key = :new_key WHERE id = :id"
)
COLLISION = (
    "The accounts %s and %s have one address in two spellings. The first keeps it; the"
    " second needs another one."
)


def upgrade() -> None:
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    _respell_users()
    op.add_column("email_changes", sa.Column("new_email_key", sa.String(254)))
    _respell_changes()
    op.drop_index("ix_email_changes_new_email", table_name="email_changes")
    with op.batch_alter_table("email_changes") as changes:
        changes.alter_column(
            "new_email_key", existing_type=sa.String(254), nullable=False
        )
        changes.create_index("ix_email_changes_new_email_key", ["new_email_key"])


def _respell_users() -> None:
    """Write the new keys, those of accounts that leave their address first."""
    connection = op.get_bind()
    rows = connection.execute(USERS).all()
    forms = {row.id: _forms(row.email) for row in rows}
    held_by = {}
    for row in sorted(
        rows, key=lambda row: (row.email_verified_at is None, row.created_at)
    ):
        keeper = held_by.setdefault(forms[row.id][1], row.id)
        if keeper != row.id:
            logging.getLogger("idp.migrations").warning(COLLISION, keeper, row.id)
            # No typed address has such a key: capitals do not stay in one.
            forms[row.id] = (forms[row.id][0], f"DUPLICATE:{row.id}")
    changed = [row for row in rows if (row.email, row.email_key) != forms[row.id]]
    changed.sort(key=lambda row: not forms[row.id][1].startswith("DUPLICATE:"))
    for row in changed:
        email, key = forms[row.id]
        connection.execute(RESPELL_USER, {"id": row.id, "email": email, "key": key})


def _respell_changes() -> None:
    """Write old and new addresses of changes anew."""
    connection = op.get_bind()
    for row in connection.execute(CHANGES).all():
        (old, old_key), (new, new_key) = _forms(row.old_email), _forms(row.new_email)
        values = {"old": old, "old_key": old_key, "new": new, "new_key": new_key}
        connection.execute(RESPELL_CHANGE, {"id": row.id, **values})


def _forms(address: str) -> tuple[str, str]:
    """Return an address as it is stored, and its key."""
    local, _, domain = address.rpartition("@")
    canonical, in_ascii = address, domain.lower()
    if address.isascii() and "xn--" not in in_ascii:
        canonical = f"{local}@{in_ascii}"
    else:
        try:
            checked = email_validator.validate_email(
                address, check_deliverability=False, globally_deliverable=False
            )
            canonical, in_ascii = checked.normalized, checked.ascii_domain
        except ValueError:
            in_ascii = normalize("NFKC", domain).lower()
    local_key = normalize("NFC", normalize("NFKC", local.strip()).lower())
    return canonical, f"{local_key}@{in_ascii}"
