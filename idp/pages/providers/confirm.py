"""/account/confirm/provider: prove once more who one is, by signing in there again."""

from flask import Blueprint, Response, request

from idp.federation.sign_in.requests import Ahead
from idp.federation.upstream.authorization import Asked
from idp.pages.continuation import read_continuation
from idp.pages.providers.begin import send_to
from idp.web.browser.session import get_session, login_required
from idp.web.offered_providers import linked_providers
from idp.web.redirects import redirect_to

bp = Blueprint("provider_confirm", __name__)


@bp.post("/account/confirm/provider")
@login_required
def submit_provider_proof() -> Response:
    """Go to a provider that opens the account; a sign-in of before does not do."""
    live, ahead = get_session(), read_continuation()
    wanted = request.form.get("provider", "")
    for provider in linked_providers(live.user_id):
        if provider.id == wanted:
            onward = Ahead(ahead.return_to, ahead.form_continue["request"])
            asked = Asked(prompt="login")
            return send_to(provider, onward, asked=asked, user_id=live.user_id)
    return redirect_to(ahead.url("/account/confirm", **ahead.copy_to_send))
