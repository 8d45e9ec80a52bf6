"""/admin/refusals and its twins: why a request was refused, by its reference."""

import pytest

from idp.core.clock import utcnow
from idp.core.context import service_of
from idp.core.db import db
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.looking import purge_refusals
from tests.admin.pages.pages_of_clients import words_of

PATH = "/admin/refusals"


@pytest.fixture
def auditor(http, make):
    make.browsers.sign_in(http, roles=["auditor"])
    return http


def test_page_and_api_say_the_same(auditor):
    refused = auditor.post(
        "/oauth2/token", data={"grant_type": "x", "client_id": "<b>"}
    )
    reference = refused.json["request_id"]
    told = auditor.get(f"/api/admin/refusals/{reference}").json
    assert told["check"] == "unsupported_grant_type"
    assert told["received"] == {"grant_type": "x", "client_id": "<b>"}
    assert told["client_id"] is None
    page = words_of(auditor.get(f"{PATH}?reference={reference}"))
    for words in ("POST /oauth2/token", told["expected"], told["fix"], "<b>"):
        assert words in page


def test_a_reference_under_which_nothing_is_kept_is_not_found(auditor):
    assert auditor.get(PATH).status_code == 200
    assert auditor.get(f"{PATH}?reference=nothing").status_code == 404
    gone = auditor.get("/api/admin/refusals/nothing")
    assert (gone.status_code, gone.json["code"]) == (404, "no_such_refusal")


def test_what_is_over_thirty_days_old_is_kept_no_more(app, auditor, clock):

    auditor.get("/nowhere")
    with app.app_context():
        service_of(app, RefusalBook).write()
        assert purge_refusals(utcnow()) == 0
        clock.tick(days=30, seconds=1)
        assert purge_refusals(utcnow()) == 1
        db.session.commit()
