"""``idp users factors --server``."""

from idp.accounts.factors.reset import HeldFactors
from idp.cli import user_factors
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at


@by_server(user_factors.reset)
def _reset(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    taken = _held(server, user["id"])
    server.send("DELETE", f"{_path(user['id'])}/two-factor")
    user_factors.print_taken(user["id"], taken, email=user["email"], as_json=as_json)


@by_server(user_factors.unlock)
def _unlock(server: Server, *, login: str, as_json: bool) -> None:
    user = user_at(server, login)
    locked = _held(server, user["id"]).locked
    server.send("DELETE", f"{_path(user['id'])}/factor-locks")
    user_factors.print_unlocked(
        user["id"], locked, email=user["email"], as_json=as_json
    )


def _held(server: Server, user_id: str) -> HeldFactors:
    """Return what a user has, which the answer to a reset does not say."""
    held = server.get(_path(user_id))["two_factor"]
    return HeldFactors(**held)


def _path(user_id: str) -> str:
    """Return where the account of a user is."""
    return f"/api/accounts/{segment(user_id)}"
