"""Routes of second factors and of sign-in elsewhere, while this server has neither."""

from http import HTTPStatus
from inspect import Parameter, Signature
from typing import NoReturn

from pydantic import ConfigDict

from idp.core.errors import IdpError
from idp.web.json.models import Body, NoFields
from idp.web.json.operations import VARIABLE, Auth
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("not_enabled_api", __name__, tag="Not enabled")
EXTERNAL = "/api/auth/external"
ROUTES = {
    "list_providers": ("GET", f"{EXTERNAL}/providers"),
    "list_linked": ("GET", EXTERNAL),
    "show_linked": ("GET", f"{EXTERNAL}/<provider>"),
    "unlink": ("DELETE", f"{EXTERNAL}/<provider>"),
    "begin": ("GET", f"{EXTERNAL}/<provider>/init"),
    "come_back": ("GET", f"{EXTERNAL}/<provider>/redirect"),
    "complete": ("POST", f"{EXTERNAL}/register/<token>"),
}


class NotEnabled(IdpError):
    """Something that this server does not offer."""

    code = "not_enabled"
    status = HTTPStatus.NOT_FOUND
    title = "This is not enabled here."


class Anything(Body):
    """Whatever the route would take."""

    model_config = ConfigDict(extra="allow")


def _add(name: str, method: str, *, path: str) -> None:
    """Register a view that takes what its route has, and refuses."""

    def refuse(**_given: object) -> NoReturn:
        """Not enabled on this server."""
        raise NotEnabled

    changes = method == "POST"
    taken = [name for _, name in VARIABLE.findall(path)] + ["body"] * changes
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in taken]
    refuse.__name__ = name
    refuse.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    api.operation(
        method,
        path,
        id=f"not_enabled_api_{name}",
        auth=Auth.NONE,
        body=Anything if changes else NoFields,
        answers={},
        refusals=(NotEnabled,),
    )(refuse)


for route, (verb, where) in ROUTES.items():
    _add(route, verb, path=where)
