"""The personal data of this slice."""

from idp.accounts.lifecycle.personal_data import PersonalTable
from idp.core.db import table_of
from idp.federation.models import LinkedIdentity

linked = table_of(LinkedIdentity)

PERSONAL_TABLES = (
    PersonalTable(
        name="linked_identities",
        table=linked,
        of_subject=lambda subject: linked.c.user_id == subject.user_id,
        withheld=frozenset({"tokens_sealed"}),
    ),
)
