"""/admin/users/<id>/security: by what a person signs in, and what is locked."""

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.factors.credentials import credentials_of
from idp.accounts.factors.locks import locked_factors
from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.factors.trusted_browsers import list_trusted
from idp.accounts.sessions.proofs import Method
from idp.admin.people.acts import offered_acts
from idp.admin.people.frame import person, person_page
from idp.web.callers import access

bp = Blueprint("person_security", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.USERS_UPDATE)

LOCKED_WORDS = {
    Method.TOTP: lazy_gettext("Authenticator app"),
    Method.RECOVERY_CODE: lazy_gettext("Recovery codes"),
    Method.EMAIL_CODE: lazy_gettext("Mailed codes"),
}


@bp.get("/<segment:user_id>/security")
def show_security(user_id: str) -> Response:
    """Show the ways to sign in, and what may be done about them."""
    user = person(user_id)
    return person_page(
        "admin/people/security.html",
        user,
        credentials=credentials_of(user),
        passkeys=list_passkeys(user.id),
        trusted=len(list_trusted(user.id)),
        locked=[
            {"word": LOCKED_WORDS[each.method], "until": each.until}
            for each in locked_factors(user.id)
        ],
        acts=offered_acts(user, about=Permission.FACTORS_RESET),
    )
