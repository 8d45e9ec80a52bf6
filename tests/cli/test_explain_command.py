"""``idp explain``."""

import json

from idp.core.context import service_of
from idp.security.refusals.book import RefusalBook

REFERENCE = "-begins-with-a-hyphen"


def test_a_reference_is_explained_and_one_that_is_gone_has_status_3(app, http, idp):
    refused = http.get("/oauth2/userinfo", headers={"Authorization": "Bearer secret"})
    with app.app_context():
        service_of(app, RefusalBook).write()
    reference = refused.json["request_id"]
    told = json.loads(idp("explain", "--json", reference).output)
    assert told["check"] == "invalid_token"
    assert told["received"]["Authorization"].startswith("Bearer, 6 characters, SHA-256")
    assert f"fix       {told['fix']}" in idp("explain", reference).output
    assert "Nothing is kept" in idp("explain", REFERENCE, status=3).stderr
