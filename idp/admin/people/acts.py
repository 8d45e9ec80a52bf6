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
from idp.accounts.factors.locks import locked_factors
from idp.accounts.factors.reset import held_factors
from idp.accounts.lifecycle.status import OUT_OF_USE
from idp.accounts.models import User, UserStatus
from idp.accounts.sign_in.ways.managed import manager_of
from idp.admin.pages.client_forms import open_form
from idp.admin.people.forms import ActForm
from idp.admin.people.frame import operator, person, person_page
from idp.administration import user_acts
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to

P = Permission


@dataclass(frozen=True)
class Act:
    """What can be done to a person: how it is told, who may, when, and what it does.

    ``run`` returns a page of its own where what it made is shown once. ``verb`` is what
    a button beside the title says.
    """

    name: str
    needs: Permission
    title: Any
    hint: Any
    run: Callable[[User, Principal], Response | None]
    done: str = "saved"
    verb: Any = ""
    danger: bool = False
    typed: bool = False  # the address is typed to confirm
    offered: Callable[[User], bool] = lambda user: user.status == UserStatus.ACTIVE


def offered_acts(
    user: User, *, about: Permission | None = None
) -> list[dict[str, Any]]:
    """Return what who is signed in may do to a person now, for the page to list.

    Of those ``about`` one permission alone, if that is given.
    """
    who = operator()
    return [
        {
            "url": url_for(f"person_{act.name}.show", user_id=user.id),
            "title": act.title,
            "verb": act.verb or act.title,
            "hint": act.hint,
            "danger": act.danger,
        }
        for act in ACTS
        if about in (None, act.needs)
        and access.may(who, act.needs, on=user)
        and act.offered(user)
    ]


def _send_reset(user: User, who: Principal) -> None:
    held, requester = access.held_here(), this_requester()
    user_acts.send_reset(user, who=who, held=held, requester=requester)


def _show_link(user: User, who: Principal) -> Response:
    made = user_acts.hand_link(user, who=who)
    return person_page("admin/people/link.html", user, link=made)


def _ask_for_password(user: User, who: Principal) -> None:
    user_acts.require_password_change(user, True, who=who)


def _end_sessions(user: User, who: Principal) -> None:
    user_acts.end_sessions(user, who=who)


def _reset_factors(user: User, who: Principal) -> None:
    user_acts.reset_factors(user, who=who, held=access.held_here())


def _unlock_factors(user: User, who: Principal) -> None:
    user_acts.unlock_factors(user, who=who)


def _end_apps(user: User, who: Principal) -> None:
    user_acts.end_apps(user, who=who)


def _disable(user: User, who: Principal) -> None:
    status = UserStatus.DISABLED
    user_acts.set_status(user, status, who=who, requester=this_requester())


def _enable(user: User, who: Principal) -> None:
    status = UserStatus.ACTIVE
    user_acts.set_status(user, status, who=who, requester=this_requester())


def _delete(user: User, who: Principal) -> None:
    proof = access.fresh_proof(who)
    user_acts.delete_user(user, who=who, credential=proof, requester=this_requester())


ACTS = (
    Act(
        "reset",
        P.USERS_SEND_RESET,
        lazy_gettext("Send a link to a new password"),
        lazy_gettext("Mailed to the address of the account; an older one is void."),
        _send_reset,
        verb=lazy_gettext("Send"),
        done="reset",
        offered=lambda user: (
            user.status == UserStatus.ACTIVE and manager_of(user) is None
        ),
    ),
    Act(
        "link",
        P.USERS_SIGN_IN_LINK,
        lazy_gettext("Make a one-time sign-in link"),
        lazy_gettext(
            "You hand it over where only they read it. They are mailed that you did."
        ),
        _show_link,
        verb=lazy_gettext("Make"),
    ),
    Act(
        "password",
        P.USERS_UPDATE,
        lazy_gettext("Ask for a new password"),
        lazy_gettext("At the next sign-in, before anything else."),
        _ask_for_password,
        verb=lazy_gettext("Ask"),
        done="password",
        offered=lambda user: (
            user.status == UserStatus.ACTIVE
            and not user.must_change_password
            and manager_of(user) is None
        ),
    ),
    Act(
        "unlock-factors",
        P.FACTORS_RESET,
        lazy_gettext("Unlock two-step sign-in"),
        lazy_gettext("Codes are judged again at once, after too many wrong ones."),
        _unlock_factors,
        done="unlocked",
        offered=lambda user: bool(locked_factors(user.id)),
    ),
    Act(
        "reset-factors",
        P.FACTORS_RESET,
        lazy_gettext("Reset two-step sign-in"),
        lazy_gettext(
            "Authenticator app, passkeys, recovery codes and trusted browsers count no "
            "more, and all sessions end. They are mailed that."
        ),
        _reset_factors,
        done="factors",
        danger=True,
        offered=lambda user: bool(held_factors(user)),
    ),
    Act(
        "end-sessions",
        P.SESSIONS_END,
        lazy_gettext("Sign them out everywhere"),
        lazy_gettext("All sessions end with their tokens, and apps are told."),
        _end_sessions,
        verb=lazy_gettext("Sign out"),
        done="sessions",
    ),
    Act(
        "end-grants",
        P.SESSIONS_END,
        lazy_gettext("End the access of all apps"),
        lazy_gettext("Apps have to sign them in again. What was allowed is kept."),
        _end_apps,
        verb=lazy_gettext("End"),
        done="grants",
    ),
    Act(
        "enable",
        P.USERS_DISABLE,
        lazy_gettext("Let them in again"),
        lazy_gettext("The account can be used as before; nothing of it was lost."),
        _enable,
        verb=lazy_gettext("Enable"),
        done="enabled",
        offered=lambda user: user.status in OUT_OF_USE,
    ),
    Act(
        "disable",
        P.USERS_DISABLE,
        lazy_gettext("Take the account out of use"),
        lazy_gettext("All sessions and tokens end at once. They are mailed that."),
        _disable,
        verb=lazy_gettext("Disable"),
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
        verb=lazy_gettext("Delete"),
        done="deleted",
        danger=True,
        typed=True,
        offered=lambda user: user.status in (UserStatus.ACTIVE, UserStatus.DISABLED),
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
