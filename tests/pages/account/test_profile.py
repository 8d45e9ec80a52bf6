"""Reading and writing a profile: the page, and the rule that JSON will share."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, update

from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.models import User
from idp.accounts.profile.changes import merge_profile, profile_of, replace_profile
from idp.accounts.profile.rules import FieldRules
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.web.words import WORDS


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", username="ada", name="Ada Lovelace")


@pytest.fixture
def page(browser, ada):
    """The profile page, open in a browser where Ada is signed in."""
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/profile")
    return browser


def write(app, account, rule, **values):
    """Write a profile by a rule and commit, as a face does."""
    with app.app_context():
        rule(get_user(account.id), values, prove=lambda: None, rules=FieldRules())
        db.session.commit()


FILLED = {
    "name": "Ada King",
    "given_name": "Ada",
    "family_name": "King",
    "nickname": "Countess",
    "username": "countess",
    "picture": "https://example.com/ada.png",
    "middle_name": "Byron",
    "profile": "https://example.com/ada/about",
    "website": "https://example.com/ada",
    "gender": "female",
    "birthdate": "1815-12-10",
    "phone_number": "+44 20 7946 0000",
    "locale": "en",
    "zoneinfo": "Europe/London",
}
ADDRESS = {
    "street_address": "12 St James’s Square\nFirst floor",
    "locality": "London",
    "region": "Greater London",
    "postal_code": "SW1Y",
    "country": "United Kingdom",
}


def test_the_page_stores_every_field_and_shows_it_again(page, make, ada):
    page.submit(**FILLED, **ADDRESS)
    assert "Saved." in page.text
    row = make.records.user_row(ada.id)
    assert {name: row[name] for name in FILLED} == FILLED
    assert row["address"] == ADDRESS
    page.open("/account/profile")
    shown = dict(page.page.forms[0].fields)
    assert {name: shown[name] for name in FILLED} == FILLED
    assert {name: shown[name] for name in ADDRESS} == ADDRESS


def test_moments_are_said_in_the_zone_of_who_reads(page, clock):
    page.submit(zoneinfo="Asia/Tokyo")
    page.open("/account/sessions")
    there = clock.now.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{there:%Y, %H:%M} +0900" in page.text


def test_an_emptied_field_is_cleared(page, make, ada):
    page.submit(name="", username="")
    row = make.records.user_row(ada.id)
    assert (row["name"], row["username"], row["username_key"]) == (None, None, None)


def test_the_name_is_made_of_its_parts(page, make, ada):
    page.submit(name="", given_name="Ada", family_name="King")
    assert make.records.user_row(ada.id)["name"] == "Ada King"
    page.open("/account")
    assert "Ada King" in page.text


def test_a_username_is_emptied_after_a_fresh_proof_alone(page, make, ada, clock):
    clock.tick(minutes=11)
    page.submit(username="", nickname="Countess")
    assert page.response.request.path == "/account/confirm"
    assert make.records.user_row(ada.id)["nickname"] is None
    page.submit(password=ada.password)
    assert page.response.request.path == "/account/profile"
    shown = dict(page.page.forms[0].fields)
    assert (shown["username"], shown["nickname"]) == ("", "Countess")
    page.submit()
    row = make.records.user_row(ada.id)
    assert (row["username"], row["nickname"]) == (None, "Countess")


def test_mistakes_are_shown_all_at_once_and_nothing_is_stored(page, make, ada):
    page.submit(name="Somebody else", birthdate="tomorrow", website="http://x.example")
    assert page.title.startswith("Error: ")
    assert "Enter a date like 1985-04-12" in page.text
    assert "Only addresses with https:// are taken." in page.text
    assert make.records.user_row(ada.id)["name"] == "Ada Lovelace"
    assert dict(page.page.forms[0].fields)["birthdate"] == "tomorrow"


def test_a_mistake_in_the_address_stands_beside_its_part(page):
    page.submit(locality="x" * 600)
    assert 'href="#locality"' in page.response.text
    assert 'aria-invalid="true"' in page.response.text


def test_a_taken_username_is_told_beside_its_field(page, make, ada):
    make.users.account(username="Grace")
    page.submit(username="gRACE")
    assert "This username is taken." in page.text
    assert make.records.user_row(ada.id)["username"] == "ada"


def test_one_signs_in_by_the_new_username(page, another_browser, ada):
    page.submit(username="Countess")
    other = another_browser()
    other.sign_in("countess", ada.password)
    assert "ada@example.com" in other.text


def test_changing_the_case_of_ones_own_username_is_no_conflict(page, make, ada):
    page.submit(username="ADA")
    assert make.records.user_row(ada.id)["username"] == "ADA"


def test_the_page_keeps_parts_of_an_address_that_it_does_not_show(app, page, make, ada):
    write(app, ada, merge_profile, address={"formatted": "As written", "region": "R"})
    page.open("/account/profile")
    page.submit(region="", locality="London")
    assert make.records.user_row(ada.id)["address"] == {
        "formatted": "As written",
        "locality": "London",
    }


def test_putting_a_profile_clears_what_is_not_sent(app, make, ada):
    write(app, ada, merge_profile, gender="female")
    write(app, ada, replace_profile, name="Ada", nickname="Countess")
    row = make.records.user_row(ada.id)
    assert (row["nickname"], row["name"], row["gender"]) == ("Countess", "Ada", None)
    assert row["username"] == "ada"


def test_patching_a_profile_keeps_what_is_not_sent(app, make, ada):
    write(app, ada, merge_profile, nickname="Countess", name=None)
    row = make.records.user_row(ada.id)
    assert (row["nickname"], row["name"], row["username"]) == ("Countess", None, "ada")


@pytest.mark.parametrize("rule", [replace_profile, merge_profile])
@pytest.mark.parametrize(
    "field",
    [
        "id",
        "sub",
        "email_key",
        "email_verified",
        "email_verified_at",
        "username_key",
        "password_hash",
        "must_change_password",
        "phone_number_verified",
        "phone_number_verified_at",
        "status",
        "roles",
        "created_at",
        "updated_at",
        "__class__",
    ],
)
def test_nothing_else_can_be_written(app, make, ada, rule, field):
    before = make.records.user_row(ada.id)
    with pytest.raises(InvalidInput) as refused:
        write(app, ada, rule, name="Mallory", **{field: "x"})
    assert [(e.field, e.code) for e in refused.value.errors] == [
        (field, "unknown_field")
    ]
    assert make.records.user_row(ada.id) == before


def test_an_address_of_mail_is_refused_with_the_way_to_change_it(app, ada):
    with pytest.raises(InvalidInput) as refused:
        write(app, ada, merge_profile, email="new@example.com")
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("email", "use_email_change")
    assert "/account/email" in WORDS[error.word]


def test_every_mistake_is_named_at_once(app, ada):
    with pytest.raises(InvalidInput) as refused:
        write(app, ada, merge_profile, name=1, roles=[], address={"planet": "Mars"})
    assert {(e.field, e.code) for e in refused.value.errors} == {
        ("roles", "unknown_field"),
        ("name", "invalid_type"),
        ("address.planet", "unknown_field"),
    }


def test_a_new_phone_number_is_not_a_proven_one(app, make, ada):
    write(app, ada, merge_profile, phone_number="+44 20 7946 0000")
    with app.app_context():
        get_user(ada.id).phone_number_verified_at = utcnow()
        db.session.commit()
    write(app, ada, merge_profile, phone_number="+44 20 7946 0000", name="Ada")
    assert make.records.user_row(ada.id)["phone_number_verified_at"] is not None
    write(app, ada, merge_profile, phone_number="+44 20 7946 0001")
    assert make.records.user_row(ada.id)["phone_number_verified_at"] is None


def test_a_username_that_is_taken_at_the_same_moment_is_a_conflict(app, make, ada):
    grace = make.users.account()

    done = []

    def take_it_elsewhere(*args):
        if done or "users.username_key = " not in args[2]:
            return
        done.append(True)
        taken = update(User).where(User.id == grace.id)
        with db.engine.begin() as connection:
            connection.execute(taken.values(username="g", username_key="g"))

    values = {"username": "g", "name": "Mallory"}
    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", take_it_elsewhere)
        with pytest.raises(UsernameTaken):
            merge_profile(
                get_user(ada.id), values, prove=lambda: None, rules=FieldRules()
            )
        db.session.commit()
    assert make.records.user_row(ada.id)["name"] == "Ada Lovelace"


def test_a_change_is_noted_by_the_names_of_its_fields(app, make, ada):
    write(app, ada, merge_profile, name="Ada", nickname="Countess")
    write(app, ada, merge_profile, name="Ada")
    assert make.records.audited("profile.changed") == [("ok", ada.id)]


def test_a_profile_has_the_fields_that_can_be_written(app, ada):
    with app.app_context():
        profile = profile_of(get_user(ada.id))
    assert set(profile) == {*FILLED, "address"}
    assert profile["name"] == "Ada Lovelace"


def test_a_birthdate_is_picked_or_only_its_year_is_said(page, ada, make):
    def born(*boxes):
        page.submit("/account/profile", birthdate=list(boxes))
        return make.records.user_row(ada.id)["birthdate"]

    assert born("1815-12-10", "") == "1815-12-10"
    assert 'type="date" value="1815-12-10"' in page.response.text
    assert born("1815-12-10", "1816") == "1815-12-10"
    assert "Enter a date like 1985-04-12, or only the year." in page.text
    assert born("", "1815") == "1815"
    assert 'value="1815"' in page.response.text
    assert "<details open>" in page.response.text
    assert born("", "") is None
