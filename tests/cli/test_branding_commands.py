"""``idp branding`` and ``idp orgs logo``."""

import json

from tests.pictures import SVG


def test_the_server_and_an_organization_get_logos(idp, tmp_path):
    file = tmp_path / "logo.svg"
    file.write_bytes(SVG)
    options = ("--colour", "#B3261E", "--support-uri", "https://acme.example/help")
    idp("branding", "set", "--name", "Acme", *options)
    told = json.loads(idp("branding", "set", "--logo", str(file)).output)
    assert (told["name"], told["colour"]) == ("Acme", "#b3261e")
    assert told["logo_uri"].endswith(".svg")
    assert json.loads(idp("branding", "show").output) == told
    idp("branding", "set", "--colour", "red", status=2)
    bare = json.loads(idp("branding", "set", "--name", "", "--no-logo").output)
    assert (bare["name"], bare["logo_uri"]) == (None, None)
    assert bare["support_uri"] == "https://acme.example/help"
    idp("orgs", "create", "Acme", "--slug", "acme")
    of_acme = json.loads(idp("orgs", "logo", "acme", str(file)).output)
    assert of_acme["logo_uri"] == told["logo_uri"]
    assert json.loads(idp("orgs", "logo", "acme").output)["logo_uri"] is None
