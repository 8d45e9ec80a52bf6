"""Values are escaped wherever they enter markup; nobody switches that off."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.architecture.sources import ROOT, modules

TEMPLATES = sorted((ROOT / "idp").rglob("templates/**/*.html"))
# An unquoted attribute ends at the first space of its value.
UNQUOTED = re.compile(r"\s[\w-]+=\{\{")
SWITCHED_OFF = re.compile(r"\|\s*safe\b|autoescape|Markup")

every_template = pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "idp"))
)


@every_template
def test_no_template_switches_escaping_off(path: Path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not SWITCHED_OFF.search(text)


@every_template
def test_no_attribute_value_is_left_unquoted(path: Path):
    assert not UNQUOTED.search(path.read_text())


@pytest.mark.parametrize(
    ("name", "escaped"), [("a.html", True), ("mail/a.html", True), ("a.txt", False)]
)
def test_every_html_template_escapes(app: Flask, name: str, escaped: bool):
    assert app.select_jinja_autoescape(name) is escaped


def test_no_code_declares_text_to_be_markup():
    users = [
        str(path.relative_to(ROOT))
        for path in modules("idp")
        if re.search(r"\bMarkup\(|\brender_template_string\(", path.read_text())
    ]
    assert users == []
