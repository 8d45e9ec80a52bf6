"""/admin/users/<id>/<act>: what is done to a person after a page has said what it does.

Each act has an address of its own, so a proof of identity in between leads back to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Principal
from idp.accounts.lifecycle.deletion import find_erasure, schedule_deletion
from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.models import User, UserStatus
from idp.accounts.password.reset import mail_reset_link
from idp.accounts.sessions.list import end_every_device
from idp.accounts.sign_in.links import issue_link
from idp.admin.pages.client_forms import open_form
from idp.admin.people.forms import ActForm
from idp.admin.people.frame import operator, person, person_page
from idp.oauth.tokens.user_grants import end_grants
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to

P = Permission


@dataclass(frozen=True)
class Act:
    """What can be done to a person: how it is told, who may, when, and what it does.

    ``run`` returns a page of its own where what it made is shown once.
    """

    name: str
    needs: Permission
    title: Any
    hint: Any
    run: Callable[[User, Principal], Response | None]
    done: str = "saved"
    danger: bool = False
    typed: bool = False  # the address is typed to confirm
    offered: Callable[[User], bool] = lambda user: user.status == UserStatus.ACTIVE


def offered_acts(user: User) -> list[dict[str, Any]]:
    """Return what who is signed in may do to a person now, for the page to list."""
    who = operator()
    return [
        {
            "url": url_for(f"person_{act.name}.show", user_id=user.id),
            "title": act.title,
            "hint": act.hint,
            "danger": act.danger,
        }
        for act in ACTS
        if act.offered(user) and access.may(who, act.needs, on=user)
    ]


def _send_reset(user: User, who: Principal) -> None:
    mail_reset_link(user, by=who.by, requester=this_requester())
    after = {"mailed": True}
    access.record_action(who, "user.send_reset", subject=user, before={}, after=after)


def _show_link(user: User, who: Principal) -> Response:
    made = issue_link(user)
    access.record_action(who, "user.sign_in_link", subject=user)
    return person_page("admin/people/link.html", user, link=made)


def _ask_for_password(user: User, who: Principal) -> None:
    before = {"require_password_change": user.must_change_password}
    user.must_change_password = True
    access.record_action(
        who,
        "password_change.require",
        subject=user,
        before=before,
        after={"require_password_change": True},
    )


def _end_sessions(user: User, who: Principal) -> None:
    end_every_device(user.id, by=who.by)
    access.record_action(who, "sessions.end", subject=user)


def _end_grants(user: User, who: Principal) -> None:
    end_grants(user.id, by=who.by)
    access.record_action(who, "grants.end", subject=user)


def _disable(user: User, who: Principal) -> None:
    before = _standing(user)
    if disable(user, by=who.by, requester=this_requester()):
        _record(who, "user.disable", user=user, before=before)


def _enable(user: User, who: Principal) -> None:
    before = _standing(user)
    if enable(user, by=who.by):
        _record(who, "user.enable", user=user, before=before)


def _delete(user: User, who: Principal) -> None:
    before = _standing(user)
    proof = access.fresh_proof(who)
    schedule_deletion(user, credential=proof, requester=this_requester())
    _record(who, "user.delete", user=user, before=before)


def _record(who: Principal, action: str, *, user: User, before: dict[str, Any]) -> None:
    after = _standing(user)
    access.record_action(who, action, subject=user, before=before, after=after)


def _standing(user: User) -> dict[str, Any]:
    """Return what disabling, enabling and deleting change."""
    erased = find_erasure(user.id)
    return {"status": str(user.status), "erase_at": erased and erased.isoformat()}


ACTS = (
    Act(
        "reset",
        P.USERS_SEND_RESET,
        lazy_gettext("Send a link to a new password"),
        lazy_gettext("Mailed to the address of the account; an older one is void."),
        _send_reset,
        done="reset",
    ),
    Act(
        "link",
        P.USERS_SIGN_IN_LINK,
        lazy_gettext("Make a one-time sign-in link"),
        lazy_gettext(
            "You hand it over where only they read it. They are mailed that you did."
        ),
        _show_link,
    ),
    Act(
        "password",
        P.USERS_UPDATE,
        lazy_gettext("Ask for a new password"),
        lazy_gettext("At the next sign-in, before anything else."),
        _ask_for_password,
        done="password",
        offered=lambda user: (
            user.status == UserStatus.ACTIVE and not user.must_change_password
        ),
    ),
    Act(
        "end-sessions",
        P.SESSIONS_END,
        lazy_gettext("Sign them out everywhere"),
        lazy_gettext("All sessions end with their tokens, and apps are told."),
        _end_sessions,
        done="sessions",
    ),
    Act(
        "end-grants",
        P.SESSIONS_END,
        lazy_gettext("End the access of all apps"),
        lazy_gettext("Apps have to sign them in again. What was allowed is kept."),
        _end_grants,
        done="grants",
    ),
    Act(
        "enable",
        P.USERS_DISABLE,
        lazy_gettext("Let them in again"),
        lazy_gettext("The account can be used as before; nothing of it was lost."),
        _enable,
        done="enabled",
        offered=lambda user: user.status != UserStatus.ACTIVE,
    ),
    Act(
        "disable",
        P.USERS_DISABLE,
        lazy_gettext("Take the account out of use"),
        lazy_gettext("All sessions and tokens end at once. They are mailed that."),
        _disable,
        done="disabled",
        danger=True,
    ),
    Act(
        "delete",
        P.USERS_DELETE,
        lazy_gettext("Delete the account"),
        lazy_gettext(
            "It is out of use at once and erased after fourteen days. Until then they, "
            "by a mailed link, or you can keep it."
        ),
        _delete,
        done="deleted",
        danger=True,
        typed=True,
        offered=lambda user: user.status != UserStatus.DELETING,
    ),
)


def _blueprint(act: Act) -> Blueprint:
    """Return the two views of an act: what it does, and do it."""
    bp = Blueprint(f"person_{act.name}", __name__, url_prefix="/admin/users")
    access.protect(bp, read=act.needs, write=act.needs)
    path = f"/<segment:user_id>/{act.name}"

    @bp.get(path, endpoint="show")
    def show(user_id: str) -> Response:
        """Say what it does."""
        return _confirmation(act, _subject(act, user_id), form=open_form(ActForm))

    @bp.post(path, endpoint="submit")
    def submit(user_id: str) -> Response:
        """Do it, and go back to the person."""
        user, form = _subject(act, user_id), ActForm()
        if act.typed and (form.confirmation.data or "").strip() != user.email:
            words = lazy_gettext("Type the address exactly as it stands above.")
            form.confirmation.errors = [words]
            return _confirmation(act, user, form=form)
        shown = act.run(user, operator())
        there = url_for("person.show_person", user_id=user.id, done=act.done)
        return shown or redirect_to(there)

    return bp


def _subject(act: Act, user_id: str) -> User:
    """Return the person; raises NotPermitted where this may not be done to them."""
    user = person(user_id)
    access.require(operator(), act.needs, on=user)
    return user


def _confirmation(act: Act, user: User, *, form: ActForm) -> Response:
    """Render what an act does, with its button where it can be done now."""
    return person_page(
        "admin/people/act.html", user, act=act, form=form, possible=act.offered(user)
    )


BLUEPRINTS = tuple(map(_blueprint, ACTS))
