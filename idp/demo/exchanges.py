"""The journal of requests and answers that the pages show."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, Literal
from urllib.parse import parse_qsl

from idp.demo import http_client
from idp.demo.http_client import HttpResponse, IssuerUnreachableError

KEPT: Final = 40
SHOWN_CHARACTERS: Final = 12
SECRETS: Final = frozenset(
    {
        "access_token",
        "client_secret",
        "code",
        "code_verifier",
        "id_token",
        "id_token_hint",
        "refresh_token",
    }
)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, with every secret shortened.

    ``status`` is None for what the browser does by itself, and when no answer came.
    """

    number: int
    sender: Literal["browser", "server"]
    method: str
    url: str
    authorization: str = ""
    parameters: Mapping[str, object]
    status: int | None = None
    answer: str = ""


class Journal:
    """The last requests of one browser session, newest first."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)

    @property
    def exchanges(self) -> list[Exchange]:
        """List what was noted, newest first."""
        return list(self._exchanges)

    def note_browser(self, url: str) -> None:
        """Note that the browser is sent to ``url``, or came back with it."""
        bare, _, query = url.partition("?")
        self._exchanges.appendleft(
            Exchange(
                number=next(self._numbers),
                sender="browser",
                method="GET",
                url=bare,
                parameters=_without_secrets(dict(parse_qsl(query))),
            )
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a request from this server and note what came of it."""
        exchange = Exchange(
            number=next(self._numbers),
            sender="server",
            method=method,
            url=url,
            authorization=_shortened((headers or {}).get("Authorization", "")),
            parameters=_without_secrets(form or {}),
        )
        try:
            answer = http_client.send(method, url, headers=headers, form=form)
        except IssuerUnreachableError as error:
            self._exchanges.appendleft(replace(exchange, answer=error.reason))
            raise
        shown = _shown_body(answer.body)
        self._exchanges.appendleft(
            replace(exchange, status=answer.status, answer=shown)
        )
        return answer


def _shortened(secret: str) -> str:
    """Keep enough of a secret to recognise it, too little to use it."""
    if len(secret) <= SHOWN_CHARACTERS:
        return "…" if secret else ""
    return f"{secret[:SHOWN_CHARACTERS]}… ({len(secret)} characters)"


def _without_secrets(fields: Mapping[str, object]) -> dict[str, object]:
    """Shorten the values of the fields that carry secrets."""
    return {
        name: _shortened(str(value)) if name in SECRETS else value
        for name, value in fields.items()
    }


def _shown_body(body: object) -> str:
    """Render an answer's body for reading; objects as indented JSON."""
    if isinstance(body, dict):
        return json.dumps(_without_secrets(body), indent=2, ensure_ascii=False)
    if isinstance(body, str):
        return body[:2000]
    return json.dumps(body, indent=2, ensure_ascii=False)
