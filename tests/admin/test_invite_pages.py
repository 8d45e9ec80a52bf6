"""/admin/invites: people who may have an account, asked by mail or by a link."""

import io
import re

import pytest

from tests.admin.pages.pages_of_clients import AdminBrowser, errors_of, words_of

PATH = "/admin/invites"
GRACE = "grace@example.com"


def send(admin, **typed):
    return admin.send(PATH, {"act": "invite", "how": "mail", **typed})


def states(admin) -> dict[str, str]:
    text = words_of(admin.open(PATH))
    return dict(re.findall(r"(\S+@example\.com) (Not answered|Withdrawn|Exp)", text))


def one_of(admin) -> str:
    return re.search(r'name="one" value="(\w+)"', admin.open(PATH).text)[1]


def test_people_are_invited_by_mail(admin, make):
    assert "Nobody has been invited lately" in words_of(admin.open(PATH))
    diary = make.clients.spa(client_name="Diary").client_id
    assert f'<option value="{diary}">Diary</option>' in admin.open(PATH).text
    gone = send(admin, addresses=GRACE, app="gone")
    assert "There is no such app." in errors_of(gone)
    answer = send(admin, addresses=f"{GRACE}\nada@example.com\n", app=diary)
    assert answer.location == f"{PATH}?done=sent"
    assert "To go on to Diary" in make.records.mail_to(GRACE).text
    assert "on their way" in words_of(admin.open(answer.location))
    assert make.records.mail_to(GRACE).kind == "invite"
    assert set(states(admin)) == {GRACE, "ada@example.com"}


def test_links_to_hand_over_are_shown_once(admin, make):
    shown = send(admin, addresses=GRACE, how="link").text
    assert "https://idp.example/invite?token=" in shown
    assert make.records.mails_to(GRACE) == []
    assert "invite?token=" not in admin.open(PATH).text


def test_a_table_is_read_and_its_mistakes_are_told_by_line(admin):
    table = "Email;Name\ngrace@example.com;\nno address\n\nada@example.com"
    data = {"table": (io.BytesIO(table.encode()), "people.csv")}
    assert "Line 3: Enter an email address" in errors_of(send(admin, **data))
    assert states(admin) == {}
    good = table.replace("no address\n", "")
    data = {"table": (io.BytesIO(good.encode()), "people.csv")}
    assert send(admin, **data).status_code == 303
    assert set(states(admin)) == {GRACE, "ada@example.com"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"addresses": " \n"}, "Enter an address"),
        ({"addresses": "\n".join(["a@b.example"] * 101)}, "at most 100 at once"),
        ({"table": (io.BytesIO(b"\xff\xfe\x00"), "x.csv")}, "no text in UTF-8"),
    ],
)
def test_what_is_no_list_is_said_to_be_none(admin, typed, words):
    assert words in errors_of(send(admin, **typed))


def test_one_is_sent_again_and_withdrawn(admin, make):
    send(admin, addresses=GRACE)
    one, old = one_of(admin), make.records.mail_to(GRACE).token
    again = admin.send(PATH, {"act": "resend", "one": one})
    assert again.location == f"{PATH}?done=resent"
    assert make.records.mails_to(GRACE)[-1].token != old
    by_hand = admin.send(PATH, {"act": "link", "one": one})
    assert "invite?token=" in by_hand.text
    assert admin.send(PATH, {"act": "withdraw", "one": one}).status_code == 303
    assert states(admin) == {GRACE: "Withdrawn"}
    late = admin.send(PATH, {"act": "withdraw", "one": one})
    assert "answered or withdrawn already" in words_of(late)
    unknown = admin.send(PATH, {"act": "resend", "one": "x"})
    assert "There is no such invite" in words_of(unknown)


def test_the_list_is_searched_by_address_and_state(admin):
    send(admin, addresses=f"{GRACE}\nada@example.com", how="link")
    assert "ada@" not in words_of(admin.open(PATH, q="GRACE"))
    assert "No invite is like that" in words_of(admin.open(PATH, state="accepted"))
    assert "grace@" in words_of(admin.open(PATH, state="open", q="g"))
    for odd in ("\0", "%", "é", "x" * 5000):
        assert admin.open(PATH, q=odd, state=odd).status_code == 200


def test_an_auditor_looks_and_invites_nobody(http, make):
    make.invites.invite(GRACE, send=False)
    make.browsers.sign_in(http, roles=["auditor"])
    auditor = AdminBrowser(http)
    shown = auditor.open(PATH)
    assert "grace@" in words_of(shown)
    assert 'name="act"' not in shown.text
