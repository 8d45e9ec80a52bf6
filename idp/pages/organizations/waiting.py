"""Invites that wait for who is signed in, on the page of their organizations."""

from collections.abc import Sequence

from flask import Response, request

from idp.accounts.sessions.find import LiveSession
from idp.accounts.users import get_user
from idp.organizations.invites.answering import decline_invite, join_as_user
from idp.organizations.invites.errors import SignInToJoin
from idp.organizations.invites.opening import ShownInvite, list_waiting
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo


def waiting_for(live: LiveSession) -> Sequence[ShownInvite]:
    """Return what waits for a user, by the addresses that they have proven."""
    return list_waiting(live.user_id)


def answer_waiting(live: LiveSession, *, home: str) -> Response:
    """Accept or decline one of those, as a button says; what is over is shown no more.

    Who has joined is led to the organization.
    """
    wanted, act = request.form.get("one", ""), request.form.get("act", "")
    found = next((w.row for w in waiting_for(live) if w.row.id == wanted), None)
    if found is None:
        return redirect_to(home)
    if act == "decline":
        done = decline_invite(found, user_id=live.user_id)
        return redirect_to(f"{home}?done=declined" if done else home)
    if act != "accept":
        return redirect_to(home)
    try:
        joined = join_as_user(found, get_user(live.user_id))
    except SignInToJoin:  # the address went meanwhile
        undo()
        return redirect_to(home)
    return redirect_to(f"{home}/{joined.organization_id}" if joined else home)
