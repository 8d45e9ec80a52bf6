"""Options of ``idp clients``: how long what a client gets may be used."""

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., None])

OPTIONS = {
    "access_token_seconds": "How long an access token lasts.",
    "id_token_seconds": "How long an ID token lasts.",
    "refresh_idle_seconds": "How long a refresh token lasts unused.",
    "refresh_lifetime_seconds": "How long a chain of refresh tokens lasts.",
}


def lifetimes(command: F) -> F:
    """Give a command an option for each lifetime; the settings are the ceiling."""
    for member, text in OPTIONS.items():
        name = f"--{member.replace('_', '-')}"
        command = click.option(name, type=click.IntRange(min=1), help=text)(command)
    return command
