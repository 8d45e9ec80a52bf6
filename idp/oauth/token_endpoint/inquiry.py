"""Requests about a token: who asks, and about which (RFC 7009 §2.1, RFC 7662 §2.1)."""

from typing import NamedTuple

from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Request

from idp.oauth.clients.view import ClientView
from idp.oauth.token_endpoint import client_authentication as client_auth
from idp.oauth.token_endpoint.request import TokenRequest


class Inquiry(NamedTuple):
    """A client that proved to be the caller, and the token it presents."""

    client: ClientView
    token: str


def read_inquiry(incoming: Request) -> Inquiry:
    """Return who asks about what; raise Authlib's errors as the token endpoint does.

    ``token_type_hint`` is not read: our kinds of token are told apart by their form,
    and a wrong hint must change nothing (RFC 7009 §2.1).
    """
    asked = TokenRequest(incoming)
    client = client_auth.authenticate(asked)
    token = asked.form.get("token")
    if token is None:
        raise InvalidRequestError("token is missing.")
    return Inquiry(client, token)
