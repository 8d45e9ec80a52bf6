"""docs/bff.md and the README of idp-rp: what they show is what there is."""

import re
from pathlib import Path

import pytest

from idp_rp.settings import BffSettings
from tests.bff.apps import PAGE

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/bff.md").read_text()
README = (ROOT / "idp_rp/README.md").read_text()
ENVIRON = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "BFF_KEY": "k" * 32}


@pytest.mark.parametrize("text", [GUIDE, README], ids=["guide", "readme"])
def test_the_app_runs_as_pasted(text, monkeypatch, tmp_path):
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    url = f"sqlite:///{tmp_path}/app.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    first = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    pasted = first[1].replace("postgresql+psycopg://app@db/app", url)
    known = {"__name__": __name__}
    exec(compile(pasted, "pasted", "exec"), known)
    http = known["app"].test_client()
    assert http.get("/bff/user", headers=PAGE).json["error"] == "login_required"
    known["store"]._engine.dispose()


def test_every_setting_is_explained():
    named = set(re.findall(r"`(\w+)`", GUIDE))
    assert set(BffSettings.__dataclass_fields__) <= named
