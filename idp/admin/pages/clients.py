"""/admin/clients: all apps, searched and filtered by the address."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.frame import KIND_WORDS, admin_page
from idp.oauth.clients.kinds import Kind, kind_of
from idp.oauth.clients.search import MOST_COUNTED, Usage, Wanted, search, usage_of
from idp.oauth.models import Client
from idp.web.callers import access

LONGEST_SEARCH = 255

bp = Blueprint("clients", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE)


@bp.get("")
def show_clients() -> Response:
    """List apps by name."""
    chosen = {name: asked_text(name) for name in ("q", "type", "status")}
    filters = {name: value for name, value in chosen.items() if value}
    wanted = _wanted_by(chosen)
    query = asked_page()
    of = f"clients:{urlencode(filters)}"
    found = search(wanted, query, of=of)
    usage = usage_of([row.client_id for row in found.items])
    return admin_page(
        "admin/clients/list.html",
        clients=[_listed(row, usage.get(row.client_id)) for row in found.items],
        chosen=chosen,
        kinds=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        filtered=bool(filters),
        most_counted=MOST_COUNTED,
        **page_urls(url_for(".show_clients"), found, asked=query, filters=filters),
    )


def _wanted_by(chosen: dict[str, str]) -> Wanted:
    """Read the filters; unknown words filter nothing."""
    kinds = {kind.value: kind for kind in Kind}
    disabled = {"active": False, "disabled": True}
    return Wanted(
        text=chosen["q"].strip()[:LONGEST_SEARCH],
        kind=kinds.get(chosen["type"]),
        disabled=disabled.get(chosen["status"]),
    )


def _listed(client: Client, usage: Usage | None) -> dict[str, object]:
    """Return one line of the list."""
    return {
        "url": url_for("client_setup.show_setup", client_id=client.client_id),
        "client_id": client.client_id,
        "client_name": client.client_name,
        "kind": KIND_WORDS[kind_of(client.registered)],
        "hosts": _hosts_of(client.registered["redirect_uris"]),
        "sign_ins": usage.sign_ins if usage else 0,
        "last_sign_in_at": usage.last_sign_in_at if usage else None,
        "disabled": client.disabled_at is not None,
    }


def _hosts_of(uris: list[str]) -> list[str]:
    """Return the hosts, or the private schemes, that people are sent back to."""
    parts = map(urlsplit, uris)
    return list(dict.fromkeys(part.netloc or f"{part.scheme}:" for part in parts))
