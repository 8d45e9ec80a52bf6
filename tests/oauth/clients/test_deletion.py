"""Clients that everybody uses go a batch at a time, and for their users at once."""

from itertools import product

import pytest

from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.clients.changes import UnknownClient, get_client
from idp.oauth.clients.declared import apply_client
from idp.oauth.clients.edits import deletion
from idp.oauth.clients.search import usage_query
from idp.oauth.models import AuthorizationCode, Client, Consent, Grant, RefreshFamily
from tests.oauth.calls import redeem, refresh
from tests.plans import plan_of

HANGING = (AuthorizationCode, Consent, Grant, RefreshFamily)


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(deletion, "AT_ONCE", 2)


def counts(app, *models):
    with app.app_context():
        return [db.session.query(model).count() for model in models]


def erase(app):
    """Run the job once, as the worker does."""
    with app.app_context():
        done = deletion.erase_some()
        db.session.commit()
        return done


@pytest.mark.usefixtures("few")
def test_an_app_that_many_use_is_refused_at_once_and_goes_in_batches(
    app, http, make, clock
):
    spa, other = make.clients.spa(), make.clients.spa(client_name="Other")
    people = [make.users.signed_in_person() for _ in range(3)]
    tokens = [make.tokens.refresh_token(spa, person=person) for person in people]
    kept = make.tokens.refresh_token(other, person=people[0])
    waiting = make.tokens.code(spa, person=people[0])
    with app.app_context():
        for client, (user_id, _) in product((spa, other), people):
            agreed = {"user_id": user_id, "client_id": client.client_id}
            db.session.add(Consent(**agreed, scope="openid"))
        db.session.commit()
        deletion.delete_client(spa.client_id)
        db.session.commit()
    assert refresh(http, spa, tokens[0]).status_code == 401
    assert redeem(http, waiting).status_code == 401
    with app.app_context(), pytest.raises(UnknownClient):
        get_client(spa.client_id)
    assert counts(app, Client, Grant) == [3, 5], "also the account's"
    done = [erase(app)]
    while done[-1]:
        done.append(erase(app))
    assert max(done) == deletion.AT_ONCE
    assert len(done) > len(tokens)
    assert counts(app, Client, *HANGING) == [2, 1, len(people), 1, 1]
    assert refresh(http, other, kept).status_code == 200


@pytest.mark.usefixtures("few")
def test_a_seed_that_names_an_app_which_is_going_leaves_it_out(app, make):
    """A start must not depend on a job that needs a started server."""
    spa = make.clients.spa()
    for _ in range(3):
        make.tokens.refresh_token(spa, person=make.users.signed_in_person())
    declared = {"client_id": spa.client_id, "redirect_uris": ["https://new.example/"]}
    with app.app_context():
        deletion.delete_client(spa.client_id)
        [remark] = apply_client(declared)
        db.session.commit()
    assert remark.startswith("is being deleted")
    while erase(app):
        pass
    with app.app_context():
        assert apply_client(declared) == []


def test_an_app_is_counted_and_emptied_by_index(app, make):
    client_id = make.tokens.code(make.clients.spa()).client.client_id
    with app.app_context():
        for _, found in deletion._batches(client_id):
            assert "SCAN" not in plan_of(found.limit(2)).replace("Seq Scan", "SCAN")
            db.session.rollback()
        used = plan_of(usage_query([client_id], since=utcnow()))
        assert "ix_grants_client_id_created_at" in used
