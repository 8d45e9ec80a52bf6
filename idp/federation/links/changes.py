"""Linking and unlinking by the user who is signed in."""

from idp.accounts.factors.changes import change_factors
from idp.accounts.factors.passkeys.ways_in import require_way_in
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import StartedSession
from idp.accounts.users import get_user, hold_user
from idp.core.db import begin_writing
from idp.federation.links.errors import AnotherLinked, LinkedElsewhere, NoSuchLink
from idp.federation.links.notices import record_linked, record_unlinked
from idp.federation.links.rows import add_link, has_link, remove_link
from idp.federation.upstream.identity import UpstreamIdentity
from idp.security import audit
from idp.security.requester import Requester


def link(
    live: LiveSession, identity: UpstreamIdentity, *, requester: Requester
) -> StartedSession:
    """Let an identity open the account that is signed in; the owner is mailed an undo.

    The session goes on with a new cookie. Raises AnotherLinked,
    LinkedElsewhere, and NotSignedIn when the account, or the session, is not any more
    what it was.
    """
    begin_writing()
    hold_user(live.user_id)
    user = get_user(live.user_id)
    if has_link(live.user_id, identity.provider_id):
        raise AnotherLinked
    session = change_factors(live, set(live.factors), requester=requester, proof=None)
    added = add_link(live.user_id, identity)
    if added is None:
        raise LinkedElsewhere
    audit.record("provider.linked", user_id=live.user_id, provider=identity.provider_id)
    record_linked(user, added, requester=requester)
    return session


def unlink(
    live: LiveSession, provider_id: str, *, requester: Requester
) -> StartedSession:
    """Let a provider open the account no more; the owner is mailed an undo.

    The session goes on with a new cookie. Raises NoSuchLink, LastWayIn and NotSignedIn.
    Of two ways in that are removed at once the second is judged without the first.
    """
    begin_writing()
    hold_user(live.user_id)
    user = get_user(live.user_id)
    removed = remove_link(live.user_id, provider_id)
    if removed is None:
        raise NoSuchLink
    require_way_in(user)
    session = change_factors(live, set(live.factors), requester=requester, proof=None)
    audit.record("provider.unlinked", user_id=live.user_id, provider=provider_id)
    record_unlinked(user, removed, requester=requester)
    return session
