"""/login/organization: in the context of which organization a user comes to an app."""

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.organizations import WITHOUT
from idp.oauth.authorization.questions import (
    OrganizationQuestion,
    find_organization_question,
)
from idp.oauth.authorization.signed_requests import signed_copy
from idp.organizations.contexts.places import MemberPlace
from idp.pages.continuation import redirect_to_pending
from idp.web.authorization.accounts import accounts_here, switch_url
from idp.web.browser.cookies import browser_digests
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import redirect_to

PATH = "/login/organization"
NO_ORGANIZATION = "none"  # no id is so short
FEW = 8  # of which one sees at once where one's own is
SHOWN = 25
LONGEST = 255  # of what is searched for

bp = Blueprint("organization_choice", __name__)


class OrganizationForm(PageForm):
    """What the chooser sends back: the id of one, or that it is to be none."""

    return_to = HiddenField()
    request = HiddenField()
    organization = HiddenField()


@bp.get(PATH)
def show_organization_choice() -> Response:
    """Show where the user belongs, or go on where there is nothing to choose."""
    return_to = request.args.get("return_to", "")
    question = _waiting_question(return_to)
    if question is None:
        return redirect_to_pending(return_to, sent_copy=None)
    return _choice_page(question)


@bp.post(PATH)
def submit_organization_choice() -> Response:
    """Go on in one of those that were shown.

    It is the session's as soon as the request is answered in it: until then policies
    there may want more of the sign-in.
    """
    form = OrganizationForm()
    question = _waiting_question(form.return_to.data)
    if question is None:
        return redirect_to_pending(form.return_to.data, sent_copy=form.request.data)
    chosen = _chosen(form.organization.data, question)
    if chosen is None:
        return _choice_page(question)
    pending_requests.choose_organization(
        question.pending, user_id=question.session.user_id, organization_id=chosen
    )
    return redirect_to(question.pending.path)


def _waiting_question(return_to: str | None) -> OrganizationQuestion | None:
    """Return what this browser's user is to choose, None if nothing."""
    return find_organization_question(
        return_to, browsers=browser_digests(), accounts=accounts_here()
    )


def _chosen(sent: str | None, question: OrganizationQuestion) -> str | None:
    """Return the choice, if it is one that was shown."""
    if sent == NO_ORGANIZATION and question.may_go_without:
        return WITHOUT
    ids = {place.organization_id for place in question.places}
    return sent if sent in ids else None


def _is_like(place: MemberPlace, text: str) -> bool:
    """Tell whether a text is part of an organization's name or short name."""
    named = f"{place.name}\n{place.slug or ''}"
    return text.casefold() in named.casefold()


def _choice_page(question: OrganizationQuestion) -> Response:
    """Render the chooser in the language that the client asked for."""
    prefer(lambda: question.asked.ui_locales)
    set_branding(lambda: question.client.brand)
    pending, text = question.pending, request.args.get("q", "").strip()[:LONGEST]
    found = [place for place in question.places if _is_like(place, text)]
    return interaction_page(
        "authorization/organization_choice.html",
        form=OrganizationForm(formdata=None),
        form_continue={"return_to": pending.path, "request": signed_copy(pending)},
        client_name=question.client.client_name,
        places=found[:SHOWN],
        more=len(found) > SHOWN,
        searchable=len(question.places) > FEW,
        text=text,
        here=PATH,
        without=NO_ORGANIZATION if question.may_go_without else None,
        account_label=question.session.email,
        switch_url=switch_url(pending.path),
    )
