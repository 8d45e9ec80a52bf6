"""``idp settings``."""

import os
from dataclasses import dataclass

import click

from idp.cli.listing import json_option, print_list
from idp.core.settings.effective import Effective, effective
from idp.ops.configuration import configure_command
from idp.ops.report import markdown

MASK = "********"


@dataclass(frozen=True)
class ListedSetting:
    """One line about a setting."""

    name: str
    value: str
    source: str
    where: str


@click.command()
@json_option
@click.option(
    "--markdown", "page", is_flag=True, help="Print the page on all settings."
)
def command(*, as_json: bool, page: bool) -> None:
    """Show the settings in effect and where each comes from; secrets are masked.

    The source is default, environment, file or command_line; then stands the variable,
    or the line of the file.
    """
    if page:
        click.echo(markdown(), nl=False)
        return
    shown = map(_line, effective(configure_command(os.environ)))
    print_list(list(shown), as_json=as_json)


def _line(setting: Effective) -> ListedSetting:
    """Return the line about a setting."""
    value = MASK if setting.value is None else setting.value
    return ListedSetting(setting.name, value, setting.source, setting.where)
