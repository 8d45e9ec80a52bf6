"""Audit rows that strangers may leave in the names of clients."""

from datetime import UTC, datetime

from idp.security.refusals.rations import OF_CLIENT, OF_EVENT, AuditRations


def test_who_fills_an_hour_in_some_names_does_not_hide_the_first_refusal_in_another():
    rations, now = AuditRations(), datetime(2026, 1, 1, tzinfo=UTC)
    known = [f"client-{number}" for number in range(OF_EVENT // OF_CLIENT)]
    for client_id in known:
        for _ in range(OF_CLIENT):
            assert rations.take("client.auth.fail", client_id=client_id, now=now)
    taken = [
        rations.take("client.auth.fail", client_id="attacked", now=now)
        for _ in range(3)
    ]
    assert taken == [True, False, False]
