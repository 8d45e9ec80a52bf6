"""/organization-domain: where the link in the mail to who runs a domain leads."""

from flask import Blueprint, Response, request

from idp.organizations.domains.by_mail import PAGE, AskedDomain, confirm, find_asked
from idp.organizations.domains.errors import DomainTaken
from idp.pages.mailed_link import mailed_link_page
from idp.web.pages import page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("domain_proof", __name__, url_prefix=PAGE)


@bp.get("")
def show_link() -> Response:
    """Show which organization asks for the domain; only the button says yes."""
    token = request.args.get("token", "")
    return _link_page(find_asked(token), token)


@bp.post("")
def submit_link() -> Response:
    """Let the domain be the organization's."""
    token = request.form.get("token", "")
    try:
        confirmed = confirm(token)
    except DomainTaken:
        undo()
        confirmed = None
    if confirmed is None:
        return _link_page(None, token)
    return redirect_to(f"{PAGE}/done")


@bp.get("/done")
def show_done() -> Response:
    """Say that the domain is proven."""
    return page("organizations/domain_proof.html", state="done")


def _link_page(asked: AskedDomain | None, token: str) -> Response:
    """Render the question, or say that the link is over."""
    return mailed_link_page("organizations/domain_proof.html", asked, token=token)
