"""``idp settings``."""

import os

import click

from idp.cli.listing import json_option, print_list
from idp.ops.configuration import configure_command
from idp.ops.report import effective, markdown


@click.command()
@json_option
@click.option(
    "--markdown", "page", is_flag=True, help="Print the page on all settings."
)
def command(*, as_json: bool, page: bool) -> None:
    """Show the settings in effect and where each comes from; secrets are masked."""
    if page:
        click.echo(markdown(), nl=False)
        return
    print_list(list(effective(configure_command(os.environ))), as_json=as_json)
