"""The ``idp`` command. The code of a subcommand is imported when it is called."""

import gc
import sys
from http import HTTPStatus
from importlib import import_module
from typing import Any

import click

from idp import __version__
from idp.core.errors import IdpError
from idp.core.settings.declared import ConfigurationError
from idp.ops.refusals import Refusal

COMMANDS = {
    "serve": "Run the server: web workers and the background worker.",
    "worker": "Run the background worker alone.",
    "apis": "Register, inspect and change APIs that tokens are for.",
    "scopes": "Define scopes about users, and the claims that they open.",
    "clients": "Register, inspect and change OAuth clients.",
    "users": "Create, inspect and change users; make sign-in links.",
    "waitlist": "See who waits for an account, and let people in.",
    "approvals": "Approve or decline new accounts that wait.",
    "orgs": "Make organizations; say who belongs to them and is what there.",
    "invites": "Invite people to have an account here.",
    "groups": "Put people into groups, which apps read.",
    "attributes": "Define further fields of users, and who is told of them.",
    "providers": "Set up who else signs people in.",
    "waitlists": "See who waits for which feature.",
    "branding": "Give the server a name, a colour, logos and links.",
    "policies": "Decide about sign-up, sign-in and sessions.",
    "api-keys": "Make, list and revoke API keys, which programs administer with.",
    "audit": "Search the audit log.",
    "explain": "Say why a request was refused, by its reference.",
    "deliveries": "See what apps were told of sign-outs; try whether they hear.",
    "mail": "See what waits to be mailed; send or drop it.",
    "revoke-since": "After a restore, end what was issued since the backup.",
    "secrets": "Replace the server's secret, or go on without a lost one.",
    "keys": "Inspect, rotate and revoke the signing keys.",
    "stats": "Show the server in numbers, and what needs somebody.",
    "jobs": "See how the background jobs go.",
    "passwords": "Make lists of passwords that are refused.",
    "settings": "Show the settings in effect and where each comes from.",
    "db": "Create and migrate the database.",
    "openapi": "Print the description of the JSON API (OpenAPI 3.1).",
}
REFUSED_STATUS, USAGE_STATUS = 1, 2
# One status for each kind of failure; what is not listed was refused.
EXIT_STATUSES = {
    HTTPStatus.BAD_REQUEST: USAGE_STATUS,
    HTTPStatus.NOT_FOUND: 3,
    HTTPStatus.CONFLICT: 4,
    HTTPStatus.PRECONDITION_FAILED: 4,
    HTTPStatus.BAD_GATEWAY: 5,
}


class Commands(click.Group):
    """Subcommands by name; errors that are expected become lines, not traces."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one subcommand: ``command`` in the module of its name.

        Imports make no garbage to speak of, and what they make stays: looking for it
        neither meanwhile nor later takes a third off the time until the server answers.
        """
        if cmd_name not in COMMANDS:
            return None
        module = f"idp.cli.{cmd_name.replace('-', '_')}"
        if module not in sys.modules:
            gc.disable()
            import_module(module)
            gc.freeze()
            gc.enable()
        found: click.Command = sys.modules[module].command
        return found

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; say what is wrong and what to do about it."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            click.echo("The settings cannot be used:", err=True)
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            ctx.exit(USAGE_STATUS)
        except Refusal as error:
            raise click.ClickException(str(error)) from error
        except IdpError as error:
            click.echo(f"Error: {_refusal_text(error)}", err=True)
            ctx.exit(EXIT_STATUSES.get(error.status, REFUSED_STATUS))
        except _faults() as error:
            words = _fault_text(error)
            if words is None:
                raise
            raise click.ClickException(words) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="idp")
def main() -> None:
    """OAuth 2.0 and OpenID Connect server with hosted sign-in pages."""


def _faults() -> tuple[type[Exception], ...]:
    """Return what may come from outside; looked up when something was raised alone."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - an error alone needs it

    return OSError, DBAPIError


def _fault_text(error: Exception) -> str | None:
    """Return the words for an error of the machine or the database, if there are."""
    from idp.cli.faults import words_of  # noqa: PLC0415 - an error alone needs it

    return words_of(error)


def _refusal_text(error: IdpError) -> str:
    """Return what a rule refused, field by field."""
    from idp.web.words import message_of  # noqa: PLC0415 - only a refusal needs it

    worded = [(item.field, message_of(item)) for item in error.errors]
    said = [(field, words) for field, words in worded if words != error.title]
    return "\n  ".join([error.title, *(f"{field}: {words}" for field, words in said)])
