"""Searches of the audit log that find nothing are refused in an index."""

from idp.ops.upgrades.indexes import create_index, drop_index

revision = "0033_audit_combinations"
down_revision = "0032_audit_search"
concurrent = True

TABLE = "audit_events"
REPLACED = {
    ("occurred_at",): ("outcome", "event"),
    ("event", "occurred_at"): ("outcome",),
    ("client_id", "occurred_at"): ("event", "outcome"),
    ("ip", "occurred_at"): ("event", "outcome", "client_id"),
}


def upgrade() -> None:
    for columns, added in REPLACED.items():
        drop_index(name_of(columns), TABLE)
        wider = (*columns, *added)
        create_index(name_of(wider), TABLE, columns=list(wider))


def name_of(columns: tuple[str, ...]) -> str:
    return f"ix_{TABLE}_{'_'.join(columns)}"
