"""``idp passwords``."""

from pathlib import Path

import click

from idp.ops.refusals import Refusal
from idp.security.leaked import filters

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Make lists of passwords that are refused."""


@command.command()
@click.argument("file", type=FILE)
@click.option(
    "--output",
    type=TARGET,
    default="breached-passwords.filter",
    show_default=True,
    help="Where to write it.",
)
def build(file: Path, output: Path) -> None:
    """Make a compact list of the leaked passwords in FILE.

    FILE has one password a line, or one SHA-1 in hex as the lists of Have I Been Pwned
    have them, a colon and a number behind it or not. Ten million take 36 MB and a few
    minutes. Name the output in IDP_BREACHED_PASSWORDS_FILE.
    """
    try:
        number = filters.build(file, output)
    except OSError as error:
        raise Refusal(f"{error.filename}: {error.strerror}") from error
    click.echo(f"{output}: {number} passwords, {output.stat().st_size} bytes")
