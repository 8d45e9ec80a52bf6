"""Who calls the account API: an access token, or the browser's session cookie.

What administers may be called by a program too: with an API key, or a client's token.
"""

import re
from dataclasses import replace
from http import HTTPStatus

from flask import g, request

from idp.accounts.access.principal import Caller, Machine, Principal
from idp.accounts.errors import AuthenticationRequired
from idp.accounts.factors.errors import SecondFactorSetupRequired
from idp.accounts.sessions.find import find_session
from idp.accounts.sign_in.stage_policies import factor_asked_somewhere, must_enrol
from idp.accounts.terms.acceptance import due_of
from idp.accounts.terms.errors import TermsAcceptanceRequired
from idp.administration.api_keys import find_machine, is_api_key
from idp.core.context import this_unit
from idp.core.db import commit_if_used
from idp.core.errors import IdpError
from idp.oauth.clients.account_client import is_other_client
from idp.oauth.tokens.account_bearer import verify_admin_bearer, verify_bearer
from idp.web.browser import csrf, script_csrf
from idp.web.browser.session import current_session, session_principal
from idp.web.json.operations import SAFE_METHODS, Auth, Operation

TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")  # RFC 6750 §2.1, security.md §4


class InvalidToken(AuthenticationRequired):
    """A token that is not ours, expired, revoked, or for another audience."""

    code = "invalid_token"
    title = "This access token is not valid here."
    challenge = ', error="invalid_token"'


class InsufficientScope(AuthenticationRequired):
    """A live token that was not given for this."""

    code = "insufficient_scope"
    status = HTTPStatus.FORBIDDEN
    title = "This access token does not allow that."

    def __init__(self, scope: str) -> None:
        self.challenge = f', error="insufficient_scope", scope="{scope}"'
        super().__init__()


class PasswordChangeRequired(IdpError):
    """A caller whose password was handed out: somebody else has seen it."""

    code = "password_change_required"
    status = HTTPStatus.FORBIDDEN
    title = "Choose a password of your own first."


def bearer_token() -> str | None:
    """Return the token in the Authorization header; InvalidToken when it is malformed.

    Another scheme is no bearer token, and the cookie decides.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not TOKEN.fullmatch(token.strip()):
        raise InvalidToken
    return token.strip()


def admit(operation: Operation) -> Caller | None:
    """Let the caller of an operation in, or refuse: 401, or 403 for a forgery.

    What a cookie authorises needs X-CSRF-Token; so does what nothing authorises
    (sign-in, for one) when the browser's cookies come along. A program without any
    needs none, but no foreign page may ask for a change either (security.md §7).
    """
    if operation.auth is Auth.OWN:
        if bearer_token() is None:
            _refuse_foreign_page()
        return None
    who = None if operation.auth is Auth.NONE else _caller_identity(operation)
    if isinstance(who, Machine):
        return who
    if who is None and operation.auth is Auth.SIGNED_IN:
        raise AuthenticationRequired
    if who is None or who.by_cookie:
        _refuse_forgery()
    elif operation.scope not in who.scope:
        raise InsufficientScope(operation.scope)
    if who:
        _refuse_earlier_stage(who, operation)
    return who


def require_csrf_token() -> None:
    """Refuse a change that a cookie authorises, without this browser's live token."""
    if not script_csrf.valid():
        raise csrf.CrossSiteRequest


def _shows_token() -> bool:
    """Tell whether a bearer token comes along, which no foreign page could send."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def _caller_identity(operation: Operation) -> Caller | None:
    """Return who calls, once per request: by token, else by cookie, else None.

    A token that is sent counts alone: InvalidToken, even when the cookie would do.
    """
    if "principal" not in g:
        g.principal = _find_caller(operation)
    found: Caller | None = g.principal
    return found


def _find_caller(operation: Operation) -> Caller | None:
    """Judge the credential that the request carries."""
    token = bearer_token()
    if token is None:
        return session_principal()
    person = None if is_api_key(token) else verify_bearer(token)
    if person is not None:
        return person
    machine = _find_machine(token) if operation.for_machines else None
    if machine is None:
        raise InvalidToken
    return machine


def _find_machine(token: str) -> Machine | None:
    """Return who a key or token speaks for; the audit log names it from now on."""
    unit = this_unit()
    machine = _holder_of(token) if is_api_key(token) else verify_admin_bearer(token)
    if machine is not None:
        unit.caller = replace(unit.caller, actor=machine.actor)
    return machine


def _holder_of(key: str) -> Machine | None:
    """Return the program that an API key speaks for, and note its use."""
    found = find_machine(key, ip=this_unit().caller.ip)
    if found is None:
        return None
    machine, noted = found
    if noted:  # also where what follows is refused
        commit_if_used()
    return machine


def _refuse_earlier_stage(who: Principal, operation: Operation) -> None:
    """Refuse a user who has something else to do first."""
    if who.must_change_password and not operation.before_password_change:
        raise PasswordChangeRequired
    # What an app was given for itself is judged when that is given.
    if operation.before_enrolment or is_other_client(who.client_id):
        return
    if due_of(who.user_id):
        raise TermsAcceptanceRequired
    if _must_enrol(who):
        raise SecondFactorSetupRequired


def _must_enrol(who: Principal) -> bool:
    """Tell whether the session that speaks has to have a second factor first."""
    if not factor_asked_somewhere():
        return False
    live = current_session() if who.by_cookie else find_session(who.session_id)
    return live is not None and must_enrol(live)


def _refuse_foreign_page() -> None:
    """Refuse a change that a page of another origin asks this browser for."""
    if request.method in SAFE_METHODS:
        return
    if not csrf.same_origin(request, csrf.own_origins()):
        raise csrf.CrossSiteRequest


def _refuse_forgery() -> None:
    """Refuse a change by a browser whose own page may not have asked for it."""
    _refuse_foreign_page()
    if request.method in SAFE_METHODS or _shows_token():
        return
    if script_csrf.speaks_for_browser():
        require_csrf_token()
