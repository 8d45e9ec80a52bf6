"""What several routes say instead of yes, as 200 + error."""

from flask_babel import gettext

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.lifecycle.undo import offer_undo
from idp.accounts.sign_in.by_mail.sign_in import AskedElsewhere
from idp.accounts.sign_in.password import (
    METHOD_NOT_ALLOWED,
    PendingDeletion,
    Refused,
)
from idp.accounts.sign_in.second_factor.finish import SignInOver
from idp.accounts.sign_in.ways.allowed import AccountPending
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.core.context import current
from idp.core.errors import IdpError, RateLimited
from idp.core.settings.server import ServerSettings
from idp.federation.sign_in.by_password import DirectoryRefused
from idp.federation.sign_in.entry import ELSEWHERE
from idp.federation.sign_in.outcomes import GoesElsewhere
from idp.web.json.routes import Declined
from idp.web.words import instead_of_password, no_passkeys

TOKEN_INVALID = "token_invalid"  # noqa: S105 - the code of an answer
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the same
INVALID_CREDENTIALS = "invalid_credentials"
ACCOUNT_DELETING = "account_deleting"
ACCOUNT_PENDING = AccountPending.code
PASSKEY_REFUSED = "passkey_refused"
OTHER_BROWSER = AskedElsewhere.code
PROVIDER_REFUSED = "provider_refused"
CODE_INVALID = WrongCode.code
TICKET_INVALID = SignInOver.code


def token_invalid() -> Declined:
    """Return the answer to a token or code that is wrong, used or expired."""
    words = gettext("This link or code is wrong, used or expired. Ask for a new one.")
    return Declined(TOKEN_INVALID, words)


def wrong_password() -> Declined:
    """Return the answer to a wrong old password."""
    return Declined(WRONG_PASSWORD, gettext("This isn’t your current password."))


def passkeys_not_allowed() -> Declined:
    """Return the answer where policies allow nobody a passkey."""
    return Declined(METHOD_NOT_ALLOWED, no_passkeys())


def passkey_refused() -> Declined:
    """Return the answer to a passkey that is wrong, late, used up or of another."""
    words = gettext("No passkey was used. Try again or use another way.")
    return Declined(PASSKEY_REFUSED, words)


def code_invalid() -> Declined:
    """Return the answer to a code of a second factor that is not taken."""
    words = gettext("This code is wrong, used or too old. Enter a new one.")
    return Declined(CODE_INVALID, words)


def other_browser() -> Declined:
    """Return the answer to a mailed link or code from who has not asked for it."""
    words = gettext(
        "This sign-in was asked for in another browser. Enter the code there."
    )
    return Declined(OTHER_BROWSER, words)


def no_mail_here() -> Declined:
    """Return the answer where policies let nobody sign in by mail."""
    words = gettext("You can’t sign in here by email. Use another way.")
    return Declined(METHOD_NOT_ALLOWED, words)


def ticket_invalid() -> Declined:
    """Return the answer to a ticket that is unknown, used, expired or of another."""
    words = gettext("This sign-in is over. Start again.")
    return Declined(TICKET_INVALID, words)


def second_factor_refused(outcome: WrongCode | SignInOver) -> Declined:
    """Return the answer to a second factor that did not finish a sign-in."""
    return code_invalid() if isinstance(outcome, WrongCode) else ticket_invalid()


def sign_in_with_new_password() -> Declined:
    """Return the answer to a reset after which the user is not signed in at once."""
    words = gettext("Your password is set. Sign in with it.")
    return Declined(METHOD_NOT_ALLOWED, words)


def sign_in_elsewhere() -> Declined:
    """Return the answer to who signs in by the provider of their organization."""
    words = gettext("With this address you sign in by your organization’s provider.")
    return Declined(METHOD_NOT_ALLOWED, words)


def account_pending() -> Declined:
    """Return the answer to who is known, and whom no operator has let in yet."""
    words = gettext(
        "This account waits for somebody to approve it. You get a mail when that is "
        "decided."
    )
    return Declined(ACCOUNT_PENDING, words)


def sign_in_refused(
    outcome: Refused
    | PendingDeletion
    | AccountPending
    | RateLimited
    | DirectoryAway
    | DirectoryRefused
    | GoesElsewhere,
) -> Declined | IdpError:
    """Return the answer to a sign-in that was refused."""
    if isinstance(outcome, RateLimited | DirectoryAway):
        return outcome
    elsewhere = isinstance(outcome, GoesElsewhere) or _is_elsewhere(outcome)
    if elsewhere or isinstance(outcome, AccountPending):
        return sign_in_elsewhere() if elsewhere else account_pending()
    if isinstance(outcome, DirectoryRefused):
        return _refused_by_directory()
    if isinstance(outcome, Refused) and outcome.code == METHOD_NOT_ALLOWED:
        return Declined(METHOD_NOT_ALLOWED, instead_of_password(outcome.ways))
    undo = offer_undo(outcome.user_id) if isinstance(outcome, PendingDeletion) else None
    if undo is None:
        words = gettext("The email or password isn’t right. Check both.")
        return Declined(INVALID_CREDENTIALS, words)
    url = f"{current(ServerSettings).issuer}{undo.path}"
    words = gettext("This account is to be deleted. Keep it at %(url)s", url=url)
    return Declined(ACCOUNT_DELETING, words)


def _is_elsewhere(outcome: object) -> bool:
    """Tell whether a directory is not the way in of who has the right password."""
    return isinstance(outcome, DirectoryRefused) and outcome.reason == ELSEWHERE


def _refused_by_directory() -> Declined:
    """Return the answer to the right password of somebody without an account here."""
    words = gettext("Your password is right, but no account here is linked to it.")
    return Declined(PROVIDER_REFUSED, words)
