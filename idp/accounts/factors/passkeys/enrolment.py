"""Adding a passkey in a session, which is worth that much more from then on.

It changes the user's factors: the owner is mailed a link that undoes it.
"""

from dataclasses import dataclass

from idp.accounts.factors.changes import change_factors, record_change
from idp.accounts.factors.enrolment import make_first_codes
from idp.accounts.factors.passkeys.adding import add_passkey
from idp.accounts.factors.passkeys.kinds import changed, enrolled
from idp.accounts.factors.passkeys.verification import Credential
from idp.accounts.models import Passkey
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import StartedSession
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.security.requester import Requester


@dataclass(frozen=True)
class EnrolledPasskey:
    """A passkey that was added, and the session that goes on with a new cookie.

    The codes of a security key that turned two-step sign-in on are shown this once.
    """

    passkey: Passkey
    session: StartedSession
    recovery_codes: list[str]


def enrol_passkey(
    live: LiveSession,
    credential: Credential,
    *,
    ticket: str,
    name: str,
    requester: Requester,
) -> EnrolledPasskey | None:
    """Keep a key that answers a challenge of this session; None when it does not.

    Raises NotSignedIn when the session is over, and what ``add_passkey`` does.
    """
    passkey = add_passkey(
        get_user(live.user_id),
        credential,
        ticket=ticket,
        session_id=live.id,
        name=name,
    )
    if passkey is None:
        return None
    session = change_factors(
        live,
        enrolled(live.user_id, live.factors),
        requester=requester,
        proof=Proof(Method.PASSKEY, utcnow(), synced=passkey.synced),
    )
    made = make_first_codes(live) if passkey.second_step else []
    record_change(get_user(live.user_id), changed(passkey), requester=requester)
    return EnrolledPasskey(passkey, session, made)
