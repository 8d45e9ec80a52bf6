"""The personal data of this slice: which keys a user made for their programs."""

from idp.accounts.lifecycle.personal_data import PersonalTable
from idp.administration.models import ApiKey
from idp.core.db import table_of

keys = table_of(ApiKey)

PERSONAL_TABLES = (
    PersonalTable(
        name="api_keys",
        table=keys,
        of_subject=lambda subject: keys.c.created_by == subject.user_id,
        withheld=frozenset({"digest"}),
    ),
)
