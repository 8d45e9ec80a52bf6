"""Values of policies: what is one, and which of two is the stricter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts.policies.keys import KEYS
from idp.accounts.policies.kinds import Ids
from idp.core.settings.values import Unreadable

VALUES = {
    "registration": st.sampled_from(["open", "waitlist", "invite", "closed"]),
    "registration_domains": st.sampled_from(
        [("a.example",), ("b.example",), ("a.example", "b.example")]
    ),
    "fields": st.dictionaries(
        st.sampled_from(["name", "birthdate", "plan"]),
        st.sampled_from(["optional", "hidden", "required"]),
        min_size=1,
    ),
    "require_verified_email": st.booleans(),
    "session_lifetime_seconds": st.integers(60, 366 * 86400),
    "session_idle_seconds": st.integers(60, 366 * 86400),
    "max_sessions": st.integers(1, 1000),
    "personal_access_tokens": st.sampled_from(["on", "off"]),
    "sign_in_methods": st.sampled_from(
        [("password",), ("link",), ("password", "link", "magic_link")]
    ),
    "identifier_first": st.booleans(),
    "second_factor": st.sampled_from(["off", "optional", "required"]),
    "email_code": st.sampled_from(["on", "off"]),
    "acr": st.sampled_from(["aal1", "aal2"]),
    "enrol_grace_days": st.integers(0, 365),
    "trusted_browser_days": st.integers(0, 365),
    "leaked_password": st.sampled_from(["keep", "change"]),
    "allowed_clients": st.sampled_from([("a",), ("b",), ("a", "b")]),
    "allowed_providers": st.sampled_from([("a",), ("b",), ("a", "b")]),
}
STRICTER = {
    "registration": ("invite", "waitlist"),
    "registration_domains": (("a.example",), ("b.example", "a.example")),
    "fields": ({"name": "required", "gender": "hidden"}, {"name": "hidden"}),
    "require_verified_email": (True, False),
    "session_lifetime_seconds": (3600, 7200),
    "session_idle_seconds": (60, 61),
    "max_sessions": (1, 2),
    "personal_access_tokens": ("off", "on"),
    "sign_in_methods": (("link",), ("password", "link")),
    "identifier_first": (True, False),
    "second_factor": ("required", "optional"),
    "email_code": ("off", "on"),
    "acr": ("aal2", "aal1"),
    "enrol_grace_days": (0, 7),
    "trusted_browser_days": (0, 30),
    "leaked_password": ("change", "keep"),
    "allowed_clients": (("a",), ("a", "b")),
    "allowed_providers": (("b",), ("b", "a")),
}
WRONG = {
    "registration": ["shut", "", True, 1, None, ["open"]],
    "registration_domains": [[], "a.example", ["a"], ["a@b.example"], [1], None],
    "fields": [{}, [], "name=required", {"name": "asked"}, {"Name": "hidden"}, {1: 2}],
    "require_verified_email": ["true", 1, 0, None, []],
    "session_lifetime_seconds": [59, 366 * 86400 + 1, "3600", True, 3600.0, None],
    "session_idle_seconds": [0, -1, "1h"],
    "max_sessions": [0, 1001, "5", False],
    "personal_access_tokens": [True, "yes", None],
    "sign_in_methods": [[], "password", ["password", "voice"], [1], None, {}],
    "identifier_first": ["true", 1, 0, None, []],
    "second_factor": ["on", "", True, None, ["required"]],
    "email_code": [True, "yes", None],
    "acr": ["aal3", "", 2, None, ["aal1"]],
    "enrol_grace_days": [-1, 366, "7", False],
    "trusted_browser_days": [-1, 366, "30", True],
    "leaked_password": ["off", "", True, None],
    "allowed_clients": [[], "a", [1], [" "], None, ["a"] * 101],
    "allowed_providers": [[], "a", [1], [" "], None],
}
TEXTS = {
    "registration": (" closed ", "closed"),
    "registration_domains": (
        "A.example, bücher.example",
        ("a.example", "xn--bcher-kva.example"),
    ),
    "fields": (
        "birthdate=required, gender=hidden",
        {"birthdate": "required", "gender": "hidden"},
    ),
    "require_verified_email": ("yes", True),
    "session_lifetime_seconds": ("3600", 3600),
    "session_idle_seconds": (" 900 ", 900),
    "max_sessions": ("3", 3),
    "personal_access_tokens": (" on", "on"),
    "sign_in_methods": ("link, password", ("password", "link")),
    "identifier_first": ("no", False),
    "second_factor": (" required ", "required"),
    "email_code": (" on", "on"),
    "acr": ("aal2", "aal2"),
    "enrol_grace_days": ("7", 7),
    "trusted_browser_days": ("0", 0),
    "leaked_password": (" change", "change"),
    "allowed_clients": ("a, b a", ("a", "b")),
    "allowed_providers": ("corp", ("corp",)),
}


def test_each_key_is_tried_here():
    assert set(VALUES) == set(STRICTER) == set(WRONG) == set(TEXTS) == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_the_stricter_wins_whichever_comes_first(name):
    strict, lax = STRICTER[name]
    stricter = KEYS[name].kind.stricter
    assert stricter(strict, lax) == stricter(lax, strict) == strict


@pytest.mark.parametrize("name", KEYS)
@given(data=st.data())
def test_order_and_repetition_do_not_matter(name, data):
    stricter = KEYS[name].kind.stricter
    one, two, three = (data.draw(VALUES[name]) for _ in range(3))
    assert stricter(one, one) == one
    assert stricter(one, two) == stricter(two, one)
    assert stricter(stricter(one, two), three) == stricter(one, stricter(two, three))


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]]
)
def test_what_is_no_value_of_a_key_is_refused(name, value):
    with pytest.raises(Unreadable):
        KEYS[name].kind.parse(value)


@pytest.mark.parametrize("name", KEYS)
@given(data=st.data())
def test_what_is_one_is_read_as_it_is(name, data):
    value = data.draw(VALUES[name])
    as_json = list(value) if isinstance(value, tuple) else value
    assert KEYS[name].kind.parse(as_json) == value


@pytest.mark.parametrize("name", KEYS)
def test_text_is_understood(name):
    text, value = TEXTS[name]
    assert KEYS[name].kind.from_text(text) == value
    names_anything = isinstance(KEYS[name].kind, Ids)
    with pytest.raises(Unreadable):
        KEYS[name].kind.from_text(", " if names_anything else "nonsense")
