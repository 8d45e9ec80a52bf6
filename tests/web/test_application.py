"""How Flask is used here."""

import sys

from werkzeug.routing import Map, Rule

from idp.app import create_app
from idp.web.application import PatientRule

RULES = ("/", "/a/<name>", "/<int:number>/b.<suffix>")
VALUES = {"name": "an é", "number": 7, "suffix": "x", "more": ["1", "2"]}


def built(kind):
    """Return the URLs that rules of a kind build, with the values they lack."""
    urls = Map([kind(rule, endpoint=rule) for rule in RULES]).bind("idp.example")
    return [urls.build(rule, VALUES, append_unknown=more) for rule, more in CASES]


CASES = [(rule, more) for rule in RULES for more in (True, False)]


def test_urls_are_built_as_werkzeug_builds_them():
    assert built(PatientRule) == built(Rule)


def test_making_the_app_compiles_no_function_that_builds_urls(settings):
    calls = []

    def note(frame, event, _argument):
        if event == "call" and "werkzeug" in frame.f_code.co_filename:
            calls.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        create_app(settings)
    finally:
        sys.setprofile(before)
    assert calls.count("_compile_builder") == 0
    assert "_parse_rule" in calls or "compile" in calls
