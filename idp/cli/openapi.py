"""``idp openapi``."""

import json
import os

import click

from idp.app import create_app
from idp.ops.configuration import configure_command
from idp.web.json.openapi import openapi_document


@click.command()
def command() -> None:
    """Print the description of the JSON API, as /openapi.json serves it."""
    app = create_app(configure_command(os.environ))
    with app.app_context():
        document = openapi_document(app)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
