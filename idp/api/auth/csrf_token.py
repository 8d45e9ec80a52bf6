"""/auth/csrf: the token that scripts of our own pages send as X-CSRF-Token."""

from flask import Blueprint, Response

from idp.web.browser import csrf, script_csrf
from idp.web.json.models import Answer
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint

SCRIPT = f"""\
// Resolves to the value of {csrf.HEADER}. Signing in or out makes it void: ask again.
globalThis.idpCsrfToken = async () => {{
  const answer = await fetch("/auth/csrf/token", {{ credentials: "same-origin" }});
  return (await answer.json()).token;
}};
"""

api = JsonBlueprint("csrf_token_api", __name__, tag="Tokens and session")
bp = Blueprint("csrf_script", __name__)


class CsrfToken(Answer):
    """A token bound to this browser's session, or to its cookie while signed out."""

    token: str


@bp.get("/auth/csrf")
def script() -> Response:
    """Serve a function that fetches the token; the cookie comes with it."""
    script_csrf.script_token()
    return Response(SCRIPT, mimetype="application/javascript")


@api.operation(
    "GET",
    "/auth/csrf/token",
    id="csrf_token_api_token",
    auth=Auth.NONE,
    answers={200: CsrfToken},
)
def token() -> CsrfToken:
    """Get the token for `X-CSRF-Token`.

    Signing in or out makes it void: ask again.
    """
    return CsrfToken(token=script_csrf.script_token())
