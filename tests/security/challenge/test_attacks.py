"""Answers that are worth nothing: of others, forged, late, huge."""

import base64
import json

import altcha
import pytest

from idp.security.challenge.proof_of_work import LIFETIME_SECONDS
from tests.security.challenge.solving import (
    ADA,
    LOGIN,
    answer_to,
    ask,
    challenge_in,
    solved,
)

RESET = "/auth/password-reset/email"


def sent(http, answer, **how):
    return ask(http, body={**LOGIN, "challenge": answer}, **how)


def changed(answer, change):
    """Return an answer whose JSON ``change`` has altered."""
    tree = json.loads(base64.b64decode(answer))
    change(tree)
    return base64.b64encode(json.dumps(tree).encode()).decode()


def test_an_answer_for_another_route_is_worth_nothing(http, ada):
    challenge_in(sent(http, solved(http, RESET, {"email": ADA})))
    answer = solved(http)
    challenge_in(ask(http, RESET, {"email": ADA, "challenge": answer}))
    assert sent(http, answer).status_code == 200  # and was not spent


def test_an_answer_from_another_network_is_worth_nothing(http, ada):
    answer = solved(http, ip="192.0.2.7")
    challenge_in(sent(http, answer, ip="192.0.2.8"))
    assert sent(http, answer, ip="192.0.2.7").status_code == 200


def test_the_addresses_of_one_site_are_one_network(http, ada):
    answer = solved(http, ip="2001:db8::1")
    challenge_in(sent(http, answer, ip="2001:db8:0:1::1"))
    assert sent(http, answer, ip="2001:db8::2").status_code == 200


def test_an_answer_ends(http, ada, clock):
    early, late = solved(http), solved(http)
    clock.tick(seconds=LIFETIME_SECONDS - 1)
    assert sent(http, early).status_code == 200
    clock.tick(seconds=1)
    challenge_in(sent(http, late))


def test_one_that_was_taken_stays_taken_for_as_long_as_it_holds(http, ada, clock):
    answer = solved(http)
    assert sent(http, answer).status_code == 200
    clock.tick(seconds=LIFETIME_SECONDS - 1)
    challenge_in(sent(http, answer))


def test_another_spelling_is_the_same_answer(http, ada):
    answer = solved(http)
    assert sent(http, answer).status_code == 200

    def respell(tree):
        tree["solution"]["derivedKey"] = tree["solution"]["derivedKey"].upper()
        tree["solution"]["counter"] = 7
        tree["more"] = True

    challenge_in(sent(http, changed(answer, respell)))


def test_what_was_signed_cannot_be_changed(http, ada):
    answer = solved(http, RESET, {"email": ADA})

    def change(tree, **values):
        tree["challenge"]["parameters"]["data"].update(values)

    challenge_in(sent(http, changed(answer, lambda t: change(t, act="sign_in"))))
    later = changed(solved(http), lambda t: change(t, expires_at=9_999_999_999))
    challenge_in(sent(http, later))


def test_a_challenge_of_somebody_else_is_worth_nothing(http, ada):
    own = challenge_in(ask(http))
    forged = altcha.create_challenge(
        "PBKDF2/SHA-256",
        5000,
        counter=1,
        data=own["parameters"]["data"],
        hmac_secret="of the attacker",
        hmac_key_secret="of the attacker",
    )
    challenge_in(sent(http, answer_to({"type": "proof_of_work", **forged.to_dict()})))


def test_no_work_is_no_answer(http, ada):
    def skip(tree):
        tree["solution"]["derivedKey"] = tree["challenge"]["parameters"]["keyPrefix"]

    challenge_in(sent(http, changed(solved(http), skip)))


HOSTILE = [
    "",
    "null",
    "bm90IGpzb24=",
    "é",
    "A" * 4096,
    *(
        base64.b64encode(text.encode()).decode()
        for text in (
            "null",
            "[]",
            "{}",
            '{"challenge": "x", "solution": "y"}',
            '{"challenge": [], "solution": []}',
            '{"challenge": {"parameters": "x"}, "solution": {}}',
            "[" * 3000,
            "1" * 3000,
        )
    ),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_is_no_answer_is_refused_like_none(http, ada, answer):
    challenge_in(sent(http, answer))


@pytest.mark.parametrize(
    "value",
    [None, [], {}, True, -1, 1e300, float("nan"), "x", "\ud800", {"__proto__": 1}],
    ids=repr,
)
def test_odd_values_in_an_answer_are_refused(http, ada, value):
    answer = solved(http)
    whole = json.loads(base64.b64decode(answer))
    for part in ("challenge", "solution"):
        odd = changed(answer, lambda tree, part=part: tree.update({part: value}))
        challenge_in(sent(http, odd))
    for name in whole["challenge"]["parameters"]:

        def set_one(tree, name=name):
            tree["challenge"]["parameters"][name] = value

        challenge_in(sent(http, changed(answer, set_one)))
    for name in ("signature", "counter", "derivedKey"):

        def set_other(tree, name=name):
            tree["challenge" if name == "signature" else "solution"][name] = value

        if name != "counter":  # the key is what is checked
            challenge_in(sent(http, changed(answer, set_other)))


def test_a_huge_answer_is_refused_by_its_length(http, ada):
    refused = sent(http, "A" * 4097)
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_input")
    assert refused.json["errors"][0]["field"] == "challenge"
