"""/auth/check-email and /auth/login-methods: what account privacy lets them tell."""

import pytest

from tests.api.callers import Program, fields, problem
from tests.authenticator import Authenticator

CHECK, METHODS = "/auth/check-email", "/auth/login-methods"
ALL = ["password", "passkey", "magic_link"]
ISSUER = "https://idp.example"
PASSWORD = {"submit": f"{ISSUER}/auth/login"}
PASSKEY = {
    "submit": f"{ISSUER}/auth/passkey",
    "options": f"{ISSUER}/auth/passkey/options",
}
MAGIC_LINK = {"submit": f"{ISSUER}/auth/magic-link"}
OPEN = {
    "password": PASSWORD,
    "passkey": PASSKEY,
    "magic_link": MAGIC_LINK,
    "providers": [],
}
ADDRESSES = (
    "known@example.com",
    "bare@example.com",
    "keys@example.com",
    "gone@example.com",
    "admin@example.com",
    "nobody@example.com",
    "no address",
    "",
)


@pytest.fixture
def accounts(app, make):
    """All kinds of accounts: usual, without a password, with a passkey, disabled."""
    make.users.account("known@example.com", username="known")
    make.users.account("bare@example.com", password=None)
    make.users.account("gone@example.com", status="disabled")
    make.users.account("admin@example.com", roles=["admin"])
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(make.users.account("keys@example.com"))
    add_passkey(owner)


def add_passkey(owner):
    asked = owner.post("/account/passkeys/options", {}).json
    shown = Authenticator().create(asked["options"])
    body = {"ticket": asked["ticket"], "credential": shown}
    assert owner.post("/account/passkeys", body).status_code == 201


def check(program, email):
    answer = program.post(CHECK, {"email": email})
    assert answer.status_code == 200, answer.text
    return answer.json


def methods(program, **body):
    answer = program.post(METHODS, body)
    assert answer.status_code == 200, answer.text
    return answer.json


class TestOpen:
    def test_it_is_told_who_has_an_account_and_its_ways_in(self, program, accounts):
        for address in ("known@example.com", " KNOWN@example.com "):
            assert check(program, address) == {"exists": True, "methods": ALL}
        bare = check(program, "bare@example.com")
        assert bare == {"exists": True, "methods": ["passkey", "magic_link"]}
        for address in ("nobody@example.com", "no address", ""):
            assert check(program, address) == {"exists": False, "methods": []}

    def test_passkeys_roles_and_locks_are_not_told(self, program, accounts, make):
        make.policies.decide("role", "admin", sign_in_methods=["passkey"])
        for who in ("keys", "admin", "gone"):
            told = check(program, f"{who}@example.com")
            assert told == {"exists": True, "methods": ALL}

    def test_policies_leave_ways_out(self, program, accounts, make):
        make.policies.decide(sign_in_methods=["passkey", "link"])
        assert check(program, "known@example.com")["methods"] == ["passkey"]
        assert methods(program) == {"passkey": PASSKEY, "providers": []}

    def test_other_providers_are_told_as_policies_have_it(
        self, program, accounts, make
    ):
        made = make.providers.provider(name="Example Corp")
        told = check(program, "known@example.com")
        assert told["methods"] == [*ALL, f"provider:{made.id}"]
        assert methods(program)["providers"] == [
            {
                "id": made.id,
                "name": made.name,
                "authorize": f"{ISSUER}/auth/oauth/{made.id}/authorize",
                "callback": f"{ISSUER}/auth/oauth/{made.id}/callback",
            }
        ]
        make.policies.decide(sign_in_methods=["password"])
        assert check(program, "known@example.com")["methods"] == ["password"]
        assert methods(program)["providers"] == []

    def test_a_hint_leaves_out_a_password_that_there_is_not(self, program, accounts):
        assert methods(program, login_hint="bare@example.com") == {
            "passkey": PASSKEY, "magic_link": MAGIC_LINK, "providers": [],
        }  # fmt: skip
        for hint in ("known", "known@example.com", "nobody", "nobody@example.com"):
            assert methods(program, login_hint=hint) == OPEN

    def test_a_client_has_its_own(self, program, make):
        client = make.clients.spa()
        assert methods(program, client_id=client.client_id) == OPEN
        place = ("client", client.client_id)
        make.policies.decide(*place, sign_in_methods=["password", "link"])
        assert methods(program, client_id=client.client_id) == {
            "password": PASSWORD, "providers": [],
        }  # fmt: skip
        assert methods(program) == OPEN

    @pytest.mark.parametrize("client_id", ["none", ""])
    def test_an_unknown_client_is_refused(self, program, client_id):
        answer = program.post(METHODS, {"client_id": client_id})
        assert fields(answer) == {"client_id": "unknown"}


class TestPrivate:
    """U13."""

    @pytest.fixture
    def environ(self):
        return {"IDP_ACCOUNT_PRIVACY": "private"}

    @pytest.mark.parametrize("of", ["email", "login_hint"])
    def test_all_addresses_get_one_answer_at_one_cost(
        self, program, accounts, statements, of
    ):
        path = CHECK if of == "email" else METHODS
        program.post(path, {of: "warm@example.com"})
        told = set()
        for address in ADDRESSES:
            with statements() as seen:
                answer = program.post(path, {of: address})
            headers = [
                (name, value)
                for name, value in answer.headers
                if name != "X-Request-Id"
            ]
            told.add((answer.status_code, answer.text, str(headers), tuple(seen)))
        assert len(told) == 1
        body = answer.json
        assert body == ({"exists": None, "methods": ALL} if of == "email" else OPEN)


@pytest.mark.parametrize("privacy", ["open", "private"])
class TestDomains:
    """Domains whose users sign in by their provider."""

    @pytest.fixture
    def environ(self, privacy):
        return {"IDP_ACCOUNT_PRIVACY": privacy}

    @pytest.fixture
    def made(self, make):
        domains = ("corp.example",)
        return make.providers.provider(domains=domains, enforced=True)

    @pytest.mark.parametrize("roles", [None, [], ["owner"]])
    def test_the_domain_alone_is_what_counts(self, program, make, made, roles):
        if roles is not None:
            make.users.account("ada@corp.example", roles=roles)
        told = check(program, "Ada@CORP.example")
        assert told["methods"] == [f"provider:{made.id}"]
        offered = methods(program, login_hint="ada@corp.example")
        assert [each["id"] for each in offered.pop("providers")] == [made.id]
        assert offered == {}

    def test_others_are_told_as_ever(self, program, made):
        assert methods(program, login_hint="ada@else.example")["password"] == PASSWORD

    def test_where_policies_allow_no_provider_nobody_has_to(self, program, make, made):
        make.policies.decide(sign_in_methods=["password"])
        told = methods(program, login_hint="ada@corp.example")
        assert told == {"password": PASSWORD, "providers": []}


@pytest.mark.parametrize("privacy", ["open", "private"])
class TestLimit:
    @pytest.fixture
    def environ(self, privacy):
        return {"IDP_ACCOUNT_PRIVACY": privacy}

    def test_thirty_questions_in_ten_minutes(self, program, clock):
        for number in range(15):
            check(program, f"{number}@example.com")
            methods(program, login_hint="ada")
        over = program.post(CHECK, {"email": "a@example.com"})
        assert problem(over) == (429, "too_many_requests")
        assert "Retry-After" in over.headers
        assert program.post(METHODS, {"login_hint": "a"}).status_code == 429
        assert program.post(METHODS, {}).status_code == 200
        clock.tick(minutes=10, seconds=1)
        check(program, "a@example.com")
