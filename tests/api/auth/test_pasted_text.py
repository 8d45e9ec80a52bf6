"""What pasting brings along, and digits of other scripts, by JSON as on pages."""

from tests.api.people import ADA
from tests.make_factors import other_digits


def test_an_address_is_the_same_with_what_nothing_is_seen_of(program, make):
    pasted = {"email": "\ufeffa\u00adda\uff20example.org\u200b"}
    made = program.post("/auth/register", ADA | pasted | {"username": "a\u200dda"})
    user = made.json["user"]
    assert (user["email"], user["username"]) == ("ada@example.org", "ada")
    code = make.records.mail_to("ada@example.org").code
    typed = f"\u200f{other_digits(code[:3])} - {other_digits(code[3:])}\ufe0f"
    proof = {"code": typed, "registration": made.json["registration"]}
    assert program.post("/auth/email-verification", pasted | proof).status_code == 204
    for login in ("ada@example.org\u2060", "\u200eada", "ada＠example.org"):
        shown = {"login": login, "password": ADA["password"]}
        assert "access_token" in program.post("/auth/login", shown).json, login


def test_codes_of_factors_are_the_same_however_they_are_typed(program, make):
    ada = make.users.account()
    app = make.factors.totp(ada)
    shown = {"login": ada.email, "password": ada.password}
    code = app.recovery_codes[0]
    waits = program.post("/auth/login", shown).json
    tries = {"ticket": waits["ticket"], "method": "recovery_code"}
    typed = "\u2212".join(code) + "\u3164"
    answer = program.post("/auth/login/2fa", tries | {"code": typed.upper()})
    assert "access_token" in answer.json
