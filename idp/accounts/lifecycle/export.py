"""Everything the database holds about a user, for that user (GDPR Art. 15, 20)."""

from typing import Any

from idp.accounts.lifecycle.personal_data import PersonalData, data_subject_of
from idp.accounts.models import User
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.security import audit
from idp.security.requester import Requester


def export_account(
    user: User, *, credential: ReauthCredential, requester: Requester
) -> dict[str, Any] | WrongPassword:
    """Return a user's data as JSON values; secrets and live links are left out.

    Raises ReauthenticationRequired and RateLimited.
    """
    refused = reauthentication.check(user, credential, requester=requester)
    if refused:
        return refused
    head = {
        "issuer": current(ServerSettings).issuer,
        "exported_at": utcnow().isoformat(),
    }
    declared = current(PersonalData).collect(data_subject_of(user))
    audit.record("account.exported", user_id=user.id)
    return head | declared
