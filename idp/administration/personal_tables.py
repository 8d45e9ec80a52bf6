"""The personal data of this slice: keys for a user's programs, and what they sent."""

from idp.accounts.lifecycle.personal_data import PersonalTable
from idp.administration.models import ApiKey, IdempotentAnswer
from idp.core.db import table_of

keys, answers = table_of(ApiKey), table_of(IdempotentAnswer)

PERSONAL_TABLES = (
    PersonalTable(
        name="api_keys",
        table=keys,
        of_subject=lambda subject: keys.c.created_by == subject.user_id,
        withheld=frozenset({"digest"}),
    ),
    # What was answered is about others: those whom an operator has made.
    PersonalTable(
        name="idempotent_answers",
        table=answers,
        of_subject=lambda subject: answers.c.user_id == subject.user_id,
        withheld=frozenset({"fingerprint", "claim", "headers", "body"}),
    ),
)
