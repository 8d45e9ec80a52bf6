"""A request to an endpoint where clients authenticate, read strictly (RFC 6749 §3.2).

Authlib would take parameters from the query string and the first of repeated ones
(architecture.md §9).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.oauth.protocol.machine import MachineRequest
from idp.oauth.protocol.parameters import (
    CLIENT_REQUEST,
    FORM,
    Fault,
    Parameters,
    read_parameters,
)
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_request

MAX_SHOWN = 64  # a longer name is none of ours


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The parameters that were sent with a value, and what else speaks for the client.

    ``authorization`` is the header of that name, ``ip`` where the request came from.
    ``sender`` is what the tokens are to be bound to, as their ``cnf`` claim says it
    (RFC 7800 §3.1); None for bearer tokens.
    """

    method: str
    parameters: Parameters
    authorization: str | None = None
    ip: str | None = None
    sender: Mapping[str, str] | None = None

    @property
    def values(self) -> Mapping[str, str]:
        """The values by name; those of ``resource`` are apart."""
        return self.parameters.values

    @property
    def resources(self) -> tuple[str, ...]:
        """The values of ``resource``, which may be repeated."""
        return self.parameters.resource

    def get(self, name: str) -> str | None:
        """Return a value, or None when it was not sent or is empty."""
        return self.parameters.values.get(name)


def read_token_request(request: MachineRequest) -> TokenRequest:
    """Return what a form says; raise OAuthRefusal for what is ambiguous in it.

    A body without content needs no type: where nothing is needed, nothing may be sent.
    """
    if request.query:
        raise invalid_request(
            "Parameters belong in the request body, not in the query string."
        )
    if request.media_type != FORM and (request.media_type or request.body):
        raise invalid_request(f"Send the parameters as {FORM}.")
    parameters = read_parameters(request.body, CLIENT_REQUEST)
    if parameters.faults:
        raise _refusal_of(*parameters.faults[0])
    return TokenRequest(
        request.method,
        parameters,
        authorization=request.headers.get("authorization"),
        ip=request.ip,
    )


def _refusal_of(fault: Fault, name: str) -> OAuthRefusal:
    """Return the refusal that names what is wrong."""
    plain = name.isascii() and name.isidentifier() and len(name) <= MAX_SHOWN
    shown = name if plain else "A parameter"  # what a hint may hold (§5.2)
    if fault is Fault.REPEATED:
        return invalid_request(f"{shown} was sent more than once.")
    if fault is Fault.TOO_LONG:
        return invalid_request(f"{shown} is too long.")
    return invalid_request(f"{shown} is not UTF-8 text or holds control characters.")
