"""What an authorization request still needs: the decision, from values alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from idp.accounts.factors.assurance import AcrRequest
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sign_in.stages import Stage, StagePolicy
from idp.accounts.sign_in.ways.demands import SignInDemands
from idp.oauth.authorization.decision import (
    NO_ACCESS,
    AuthorizationContext,
    Deny,
    NeedsChoice,
    NeedsConsent,
    NeedsLogin,
    NeedsStage,
    NoAccess,
    Proceed,
    decide,
)
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.claims import Vocabulary
from idp.oauth.protocol.prompt import Prompt
from idp.oauth.protocol.response_modes import ReplyTo, ResponseMode

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW - timedelta(minutes=5)
REPLY_TO = ReplyTo("Notes", "https://app.example/cb", ResponseMode.QUERY, "s")
ASKED = AuthorizationRequest("notes", REPLY_TO, scope="openid email")
SESSION = LiveSession(
    id="sid",
    user_id="ada",
    token_digest="",
    auth_time=BEFORE,
    amr=["pwd"],
    proofs=[Proof(Method.PASSWORD, BEFORE).stored()],
    remember=False,
    created_at=BEFORE,
    last_seen_at=NOW,
    unused_seconds=0,
    idle_expires_at=NOW + timedelta(hours=1),
    organization_id=None,
    expires_at=NOW + timedelta(hours=1),
    email="ada@example.org",
    email_verified=True,
    username=None,
    name=None,
    picture=None,
    locale=None,
    zoneinfo=None,
    status="active",
    roles=[],
    factors=[],
    registered_at=BEFORE,
    must_change_password=False,
    security_version=0,
)
PASSWORD_TRUSTED = [
    Proof(method, BEFORE).stored()
    for method in (Method.PASSWORD, Method.TRUSTED_BROWSER)
]
READY = AuthorizationContext(
    now=NOW, session=SESSION, remembered=frozenset({"openid", "email"})
)


def client(*, first_party: bool = False) -> ClientView:
    """A client of which only ``first_party`` and what is optional matter here."""
    values = dict.fromkeys(ClientView.__dataclass_fields__)
    known = {"client_id": "notes", "first_party": first_party}
    return ClientView(**values | known | {"optional_scope": frozenset({"address"})})


def asked(*prompts: Prompt, **changed: object) -> AuthorizationRequest:
    return replace(ASKED, prompts=frozenset(prompts), **changed)


def test_a_client_that_is_not_for_the_user_is_no_question_to_them():
    refused = replace(READY, may_use=False)
    assert verdict(asked(Prompt.NONE), refused) == NO_ACCESS


def verdict(
    request: AuthorizationRequest, context: AuthorizationContext, **of_client: bool
):
    return decide(request, client(**of_client), context=context)


def with_session(**changed: object) -> AuthorizationContext:
    return replace(READY, session=replace(SESSION, **changed))


NEEDS = [
    (asked(), READY, Proceed("openid email", SESSION)),
    (asked(), replace(READY, session=None), NeedsLogin()),
    (asked(Prompt.CREATE), replace(READY, session=None), NeedsLogin(create=True)),
    (asked(Prompt.CREATE), READY, NeedsLogin(create=True)),
    (asked(Prompt.LOGIN), READY, NeedsLogin()),
    (asked(Prompt.SELECT_ACCOUNT), READY, NeedsChoice()),
    (asked(Prompt.SELECT_ACCOUNT), replace(READY, session=None), NeedsLogin()),
    (asked(Prompt.SELECT_ACCOUNT, Prompt.LOGIN), READY, NeedsLogin()),
    (asked(Prompt.SELECT_ACCOUNT, max_age=3599), READY, NeedsLogin()),
    (
        asked(Prompt.SELECT_ACCOUNT, subjects=frozenset({"bob"})),
        READY,
        NeedsLogin(),
    ),
    (
        asked(Prompt.SELECT_ACCOUNT),
        replace(READY, chosen=True),
        Proceed("openid email", SESSION),
    ),
    (asked(max_age=3600), READY, Proceed("openid email", SESSION)),
    (asked(max_age=3599), READY, NeedsLogin()),
    (asked(max_age=0), with_session(auth_time=NOW), NeedsLogin()),
    (asked(subjects=frozenset({"bob"})), READY, NeedsLogin()),
    (asked(subjects=frozenset()), READY, NeedsLogin()),
    (asked(), with_session(email_verified=False), NeedsStage(Stage.EMAIL)),
    (asked(), with_session(must_change_password=True), NeedsStage(Stage.PASSWORD)),
    (asked(), replace(READY, may_use=False), NoAccess()),
    (asked(Prompt.CONSENT), replace(READY, may_use=False), NoAccess()),
    (asked(Prompt.LOGIN), replace(READY, may_use=False), NeedsLogin()),
    (asked(Prompt.SELECT_ACCOUNT), replace(READY, may_use=False), NeedsChoice()),
    (
        asked(),
        replace(READY, remembered=frozenset({"openid"})),
        NeedsConsent("openid email", frozenset({"openid"})),
    ),
    (
        asked(Prompt.CONSENT),
        READY,
        NeedsConsent("openid email", frozenset({"openid", "email"})),
    ),
]


@pytest.mark.parametrize(("request_", "context", "expected"), NEEDS)
def test_the_first_thing_missing_is_named(request_, context, expected):
    assert verdict(request_, context) == expected


SILENT = [
    (READY, None),
    (replace(READY, session=None), "login_required"),
    (with_session(email_verified=False), "interaction_required"),
    (with_session(must_change_password=True), "interaction_required"),
    (replace(READY, remembered=frozenset()), "consent_required"),
]


@pytest.mark.parametrize(("context", "error"), SILENT)
def test_prompt_none_turns_each_need_into_its_error(context, error):
    decision = verdict(asked(Prompt.NONE), context)
    if error is None:
        assert isinstance(decision, Proceed)
    else:
        assert isinstance(decision, Deny)
        assert decision.error == error


@pytest.mark.parametrize(
    "changed", [{"max_age": 60}, {"subjects": frozenset({"bob"})}, {"max_age": 0}]
)
def test_prompt_none_never_asks_for_a_new_sign_in(changed):
    decision = verdict(asked(Prompt.NONE, **changed), READY)
    assert isinstance(decision, Deny)
    assert decision.error == "login_required"


def test_a_sign_in_while_the_request_waited_chooses_the_account():
    asking = asked(Prompt.SELECT_ACCOUNT)
    new = replace(SESSION, auth_time=AFTER)
    waited = replace(READY, waiting_since=BEFORE + timedelta(minutes=30))
    assert isinstance(verdict(asking, replace(waited, session=new)), Proceed)
    assert isinstance(verdict(asking, waited), NeedsChoice)


@pytest.mark.parametrize("prompt", [Prompt.LOGIN, Prompt.CREATE])
def test_only_a_sign_in_while_the_request_waited_is_new(prompt):
    new = replace(SESSION, auth_time=AFTER)
    waited = replace(READY, waiting_since=BEFORE + timedelta(minutes=30))
    assert isinstance(verdict(asked(prompt), replace(waited, session=new)), Proceed)
    assert isinstance(verdict(asked(prompt), waited), NeedsLogin)
    starting_afresh = replace(READY, session=new)
    assert isinstance(verdict(asked(prompt), starting_afresh), NeedsLogin)


def test_who_signs_in_as_somebody_else_than_asked_for_is_an_error():
    context = replace(READY, waiting_since=BEFORE)
    decision = verdict(asked(subjects=frozenset({"bob"})), context)
    assert isinstance(decision, Deny)
    assert decision.error == "login_required"


def essential(*values: str) -> AuthorizationRequest:
    return asked(acr=AcrRequest(values, essential=True))


def wished(*values: str, **changed: object) -> AuthorizationRequest:
    return replace(ASKED, acr=AcrRequest(values), **changed)


WITH_TOTP = with_session(factors=["totp"], proofs=PASSWORD_TRUSTED)


def test_an_essential_acr_that_nobody_can_reach_is_an_error_before_the_sign_in():
    for context in (READY, replace(READY, session=None)):
        decision = verdict(essential("gold"), context)
        assert isinstance(decision, Deny)
        assert decision.error == "unmet_authentication_requirements"
    reached = verdict(essential("gold", "aal1"), READY)
    assert isinstance(reached, Proceed)


def test_an_essential_acr_that_this_user_cannot_reach_is_an_error():
    assert verdict(essential("phr"), replace(READY, session=None)) == NeedsLogin()
    for context in (READY, WITH_TOTP):
        decision = verdict(essential("phr"), context)
        assert isinstance(decision, Deny)
        assert decision.error == "unmet_authentication_requirements"


def test_an_acr_that_the_user_can_reach_is_asked_of_them():
    further = NeedsStage(Stage.SECOND_FACTOR)
    for request in (essential("aal2"), wished("aal2"), wished("phr", "aal2")):
        assert verdict(request, WITH_TOTP) == further


def test_the_first_acr_that_is_met_is_enough():
    assert isinstance(verdict(wished("gold", "aal1", "aal2"), WITH_TOTP), Proceed)


def test_an_acr_that_is_a_wish_stops_nobody_who_cannot_reach_it():
    for request in (wished("gold"), wished("phr"), wished("phr", "gold")):
        assert isinstance(verdict(request, WITH_TOTP), Proceed)


def test_an_acr_comes_after_the_sign_in_that_is_too_old_and_the_choice():
    assert verdict(wished("aal2", max_age=60), WITH_TOTP) == NeedsLogin()
    choice = wished("aal2", prompts=frozenset({Prompt.SELECT_ACCOUNT}))
    assert verdict(choice, WITH_TOTP) == NeedsChoice()


def test_prompt_none_asks_for_no_further_factor():
    silent = frozenset({Prompt.NONE})
    decision = verdict(wished("aal2", prompts=silent), WITH_TOTP)
    assert isinstance(decision, Deny)
    assert decision.error == "login_required"
    assert isinstance(verdict(wished("phr", prompts=silent), WITH_TOTP), Proceed)


def test_a_policy_wants_its_level_whatever_the_client_asks_for():
    demands = SignInDemands(stages=StagePolicy(acr="aal2"))
    context = replace(WITH_TOTP, demands=demands)
    for request in (asked(), wished("aal1"), essential("aal1")):
        assert verdict(request, context) == NeedsStage(Stage.SECOND_FACTOR)


def test_first_party_clients_need_no_consent_unless_they_ask_for_it():
    nothing = replace(READY, remembered=frozenset())
    assert isinstance(verdict(asked(), nothing, first_party=True), Proceed)
    shown = verdict(asked(Prompt.CONSENT), nothing, first_party=True)
    assert isinstance(shown, NeedsConsent)


def test_what_was_allowed_for_the_request_is_all_it_gets():
    context = replace(READY, allowed=frozenset({"openid", "phone"}))
    assert verdict(asked(Prompt.CONSENT), context) == Proceed("openid", SESSION)


def test_what_was_left_out_before_stays_left_out_while_it_is_optional():
    context = replace(READY, declined=frozenset({"address", "phone"}))
    wanted = asked(scope="openid email address")
    assert verdict(wanted, context) == Proceed("openid email", SESSION)
    assert isinstance(verdict(asked(scope="openid phone"), context), NeedsConsent)
    assert isinstance(verdict(asked(scope="address"), context), NeedsConsent)
    assert isinstance(
        verdict(replace(wanted, prompts={Prompt.CONSENT}), context), NeedsConsent
    )


def test_one_claim_needs_the_consent_of_its_scope():
    named = {"userinfo": {"address": None, "locale": None, "x": None}}
    registered = ("openid", "profile", "email", "address")
    behind = Vocabulary().scopes_behind(
        named, asked="openid email", registered=registered
    )
    wanted = asked(claims=named, behind_claims=behind)
    assert verdict(wanted, READY) == NeedsConsent(
        "openid email profile address", READY.remembered
    )


def test_an_operator_may_waive_the_verified_address():
    context = replace(
        with_session(email_verified=False),
        demands=SignInDemands(stages=StagePolicy(verified_email=False)),
    )
    assert isinstance(verdict(asked(), context), Proceed)
