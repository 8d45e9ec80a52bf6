"""Views that a loop answers otherwise than in one of the threads for requests.

It may answer short ones itself, where nobody is waited for. Each probe has a thread of
its own, since they are asked when all others wait.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask

from idp.oauth.protocol.machine import MachineAnswer

View = TypeVar("View", bound=Callable[..., object])


def is_short(view: View) -> View:
    """Say that a GET of this view takes a few statements and a page at most."""
    view.is_short = True  # type: ignore[attr-defined]
    return view


def short_paths(app: Flask) -> frozenset[str]:
    """Return the paths of the views that are."""
    return frozenset(
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_short", False)
    )


def _anybody(_app: Flask, _headers: Mapping[str, str]) -> bool:
    return True


@dataclass(frozen=True)
class Probe:
    """What is answered for a probe whose view takes longer than some seconds.

    While the server stops, ``leaving`` is, if there is such an answer. Whom it does not
    admit, by the headers of the request, waits for a thread as everybody does.
    """

    seconds: float
    late: Callable[[], MachineAnswer]
    leaving: Callable[[], MachineAnswer] | None = None
    admits: Callable[[Flask, Mapping[str, str]], bool] = _anybody


def is_probe(probe: Probe) -> Callable[[View], View]:
    """Say that a GET of this view asks whether we can serve."""

    def told(view: View) -> View:
        view.probe = probe  # type: ignore[attr-defined]
        return view

    return told


def probes(app: Flask) -> dict[str, Probe]:
    """Return the views that are, by their paths."""
    views = app.view_functions
    return {
        rule.rule: probe
        for rule in app.url_map.iter_rules()
        if (probe := getattr(views[rule.endpoint], "probe", None))
    }
