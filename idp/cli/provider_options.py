"""What the options of ``idp providers`` say of a provider."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from idp.federation.ldap_members import MEMBERS as LDAP_MEMBERS
from idp.federation.providers.checks import AUTH_METHODS, KINDS, LINKS

MAPS_HELP = "All else that the API knows of a provider, as a JSON object."
LDAP_HELP = (
    f"Of a directory: {', '.join(LDAP_MEMBERS)}. ca=@FILE reads a file, bind_dn= takes "
    "it away."
)


OPTIONS = (
    click.option("--name", help="The name on its button."),
    click.option("--kind", type=click.Choice(KINDS), help="What it speaks."),
    click.option("--issuer", help="Of an OpenID Provider, or its discovery URL."),
    click.option("--client-id", help="What this server is there."),
    click.option(
        "--client-secret-file",
        type=click.File(encoding="utf-8-sig"),
        help="Holds the secret, or the private key; - reads what is piped in.",
    ),
    click.option("--auth-method", type=click.Choice(AUTH_METHODS)),
    click.option("--key-id", help="The name of the private key."),
    click.option("--team-id", help="Of Apple."),
    click.option("--scope", "scopes", multiple=True, help="Asked for there."),
    click.option(
        "--domain", "domains", multiple=True, help="Whose addresses it is for."
    ),
    click.option("--enforced/--no-enforced", default=None),
    click.option("--trust-email/--no-trust-email", default=None),
    click.option("--sign-up/--no-sign-up", "allows_sign_up", default=None),
    click.option("--sign-out/--no-sign-out", "signs_out", default=None),
    click.option("--link", type=click.Choice(LINKS)),
    click.option(
        "--organization",
        "organization_id",
        help="Whose it is, by slug or id; empty for none.",
    ),
    click.option(
        "--private-networks/--no-private-networks",
        default=None,
        help="Of an organization's: its issuer may be where IDP_OUTBOUND_NETWORKS are. "
        "Named with --issuer.",
    ),
    click.option("--ldap", metavar="NAME=VALUE", multiple=True, help=LDAP_HELP),
    click.option(
        "--members",
        "file",
        type=click.File(encoding="utf-8-sig"),
        help=MAPS_HELP,
    ),
)


def said_options(command: Any) -> Any:
    """Add the options that say something of a provider."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def members_in(
    *,
    client_secret_file: TextIO | None,
    file: TextIO | None,
    ldap: tuple[str, ...] = (),
    present: Mapping[str, str] | None = None,
    **options: Any,
) -> tuple[dict[str, Any], str | None]:
    """Return what the options say of a provider, and its secret.

    ``present`` is what holds of a directory already.
    """
    said = _object_in(file) if file else {}
    if ldap:
        known = said.get("ldap", present or {})
        said["ldap"] = _directory_in(ldap, known)
    given = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in options.items()
        if value not in (None, ())
    }
    if given.get("organization_id") == "":
        given["organization_id"] = None
    secret = client_secret_file.read().strip() if client_secret_file else None
    return said | given, secret


def _directory_in(pairs: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return what is said of a directory, with what each pair has in its place."""
    said = dict(known)
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter("not like NAME=VALUE", param_hint="--ldap")
        said[name] = _read_value(value) if value.startswith("@") else value
    return {name: value for name, value in said.items() if value}


def _read_value(reference: str) -> str:
    """Return what is in the file of ``@FILE``."""
    try:
        return Path(reference[1:]).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        words = f"{reference[1:]} cannot be read"
        raise click.BadParameter(words, param_hint="--ldap") from error


def _object_in(file: TextIO) -> dict[str, Any]:
    """Read the JSON object in a file."""
    try:
        read = json.load(file)
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--members") from error
    if not isinstance(read, dict):
        raise click.BadParameter("no JSON object", param_hint="--members")
    return read
