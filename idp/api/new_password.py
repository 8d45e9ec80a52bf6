"""Setting a password by the old one or a mailed token: the same for all addresses."""

import json

from flask import Response

from idp.accounts.password.change import change_password
from idp.accounts.password.reset import set_again, set_new_password
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.api.declined import token_invalid, wrong_password
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.core.randomness import digest
from idp.web.browser.cookies import device_token, keep_device
from idp.web.callers.requester import this_requester
from idp.web.json.repeats import sent_key
from idp.web.json.routes import Declined, reply

NO_CONTENT = 204


def change_to(
    new_password: str, live: LiveSession, *, current: str | None
) -> Response | Declined:
    """Set a password and answer; the session's own browser goes on."""
    in_cookies = is_in_cookies(live)
    outcome = change_password(
        live,
        new_password=new_password,
        current_password=current,
        requester=this_requester(),
    )
    if not isinstance(outcome, SignedIn):
        return wrong_password()
    response = reply(None, status=NO_CONTENT)
    return with_renewed(response, outcome.session) if in_cookies else response


def reset_by_token(token: str, new_password: str) -> Response | Declined:
    """Set a password by a mailed token and answer; nobody is signed in by it.

    One that is sent again with its `Idempotency-Key` is answered as before.
    """
    key, caller = sent_key(), this_requester()
    by = None if key is None else digest(json.dumps([key, token]))
    device = device_token()
    done = set_new_password(
        token, new_password=new_password, device_token=device, requester=caller, by=by
    )
    if done is None and by:
        done = set_again(
            token,
            new_password=new_password,
            by=[by],
            device_token=device,
            requester=caller,
        )
    if done is None:
        return token_invalid()
    return keep_device(reply(None, status=NO_CONTENT), done.device_token)
