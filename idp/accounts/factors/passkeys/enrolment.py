"""Adding a passkey in a session, which is worth that much more from then on."""

from dataclasses import dataclass, replace

from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.passkeys.adding import add_passkey
from idp.accounts.factors.passkeys.verification import Credential
from idp.accounts.models import Passkey
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sessions.start import StartedSession, renew_token
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.security.requester import Requester


@dataclass(frozen=True)
class EnrolledPasskey:
    """A passkey that was added, and the session that goes on with a new cookie."""

    passkey: Passkey
    session: StartedSession


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
        requester=requester,
    )
    if passkey is None:
        return None
    proof = Proof(Method.PASSKEY, utcnow(), synced=passkey.synced)
    proofs = [each.stored() for each in with_proof(live.proven, proof)]
    session = renew_token(replace(live, proofs=proofs), requester=requester)
    if session is None:
        raise NotSignedIn
    return EnrolledPasskey(passkey, session)
