"""What a user lacks of the fields that have to be given."""

from sqlalchemy import select

from idp.accounts.fields.effective import rules_at
from idp.accounts.models import User
from idp.accounts.policies.effective import Places
from idp.accounts.policies.keys import USER_FIELDS
from idp.accounts.policies.rows import policy_rows
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.values import shown_values
from idp.accounts.profile.rules import is_attribute, lacking
from idp.core.db import db, table_of

users = table_of(User)


def find_missing(user_id: str, places: Places) -> list[str]:
    """Return which fields a user has to give and has not given, in their order.

    One SELECT where there are such fields, else none. Most servers ask for none: each
    sign-in at an app comes here, so the rules are not worked out for nothing.
    """
    if not policy_rows().of(USER_FIELDS) and not definitions():
        return []
    names = rules_at(places).required
    if not names:
        return []
    standard = [users.c[name] for name in names if not is_attribute(name)]
    wanted = select(users.c.attributes, *standard).where(users.c.id == user_id)
    row = db.session.execute(wanted).mappings().one_or_none()
    if row is None:
        return []
    attributes = shown_values(definitions(), row["attributes"])
    return lacking(names, dict(row), attributes=attributes)
