"""Endpoints at which a client authenticates: one way in, one way to be refused."""

from collections.abc import Callable
from dataclasses import replace

from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_request
from idp.oauth.protocol.token_request import TokenRequest, read_token_request
from idp.oauth.token_endpoint.client_authentication import authenticate

Rule = Callable[[TokenRequest, ClientView], MachineAnswer]


def answer_client(request: MachineRequest, rule: Rule) -> MachineAnswer:
    """Let ``rule`` answer a client that proved to be the caller.

    A refusal, the rule's too, is an answer: what was written about it stays.
    """
    client = None
    try:
        read = read_token_request(request)
        client = authenticate(read)
        answer = rule(read, client)
    except OAuthRefusal as refusal:
        answer = refusal.answer()
    return told_to(client, answer) if client else answer


def told_to(client: ClientView, answer: MachineAnswer) -> MachineAnswer:
    """Return what a client is answered: its own pages may read it."""
    refused = answer.refused
    if refused:
        refused = replace(refused, client_id=client.client_id)
    return replace(answer, readable_by=client.origins, refused=refused)


def asked_token(request: TokenRequest) -> str:
    """Return the token that a request is about (RFC 7009 §2.1, RFC 7662 §2.1).

    ``token_type_hint`` is not read: our kinds of token are told apart by their form,
    and a wrong hint must change nothing.
    """
    token = request.get("token")
    if token is None:
        raise invalid_request("token is missing.")
    return token
