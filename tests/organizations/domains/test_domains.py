"""Domains of organizations: named, proven, looked for again, lost and given up."""

import pytest

from idp.core.db import db
from idp.organizations.domains.renewal import renew_due
from idp.organizations.domains.verification import check_due
from tests.api.callers import fields, problem
from tests.organizations.domains.owned import DOMAIN


def look_again(app, clock, *, weeks: int) -> None:
    """Let weeks go by, and the worker look in each of them."""
    for _ in range(weeks):
        clock.tick(days=7, minutes=1)
        with app.app_context():
            check_due()
            db.session.commit()


def test_a_record_proves_it(acme, make):
    named = acme.add("Corp.Example.")
    assert named["domain"] == DOMAIN
    assert named["record"]["name"] == "_idp-challenge.corp.example"
    assert named["verified_at"] is None
    assert problem(acme.verify()) == (409, "domain_unproven")
    acme.publish(named)
    proven = acme.verify().json
    assert (proven["method"], proven["failures"]) == ("dns", 0)
    assert proven["verified_at"]
    assert acme.shown() == [proven]
    told = make.records.audited_details("organization.domain.changed")
    assert [each["after"] for each in told] == [{"verified": False}, {"verified": True}]


def test_that_of_another_organization_proves_nothing(acme, rival):
    acme.add()
    acme.publish(rival.add())
    assert problem(acme.verify()) == (409, "domain_unproven")


def test_one_alone_has_it(acme, rival):
    theirs = rival.add()
    acme.own()
    rival.publish(theirs)
    assert problem(rival.verify()) == (409, "domain_taken")
    other = rival.program.post(rival.path, {"domain": DOMAIN})
    assert other.status_code in (201, 409)


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("gmail.com", "public"),
        ("mail.gmx.de", "public"),
        ("localhost", "invalid"),
        ("192.0.2.1", "invalid"),
        ("a b.example", "invalid"),
        ("-a.example", "invalid"),
        ("a..example", "invalid"),
        ("", "invalid"),
    ],
)
def test_not_every_name_can_be_a_domain(acme, domain, code):
    answer = acme.program.post(acme.path, {"domain": domain})
    assert problem(answer) == (400, "invalid_domain")
    assert fields(answer) == {"domain": code}


def test_without_an_answer_nothing_is_said(acme):
    acme.add()
    acme.names.silent = True
    answer = acme.verify()
    assert problem(answer) == (503, "dns_away")
    assert answer.headers["Retry-After"] == "5"


def test_three_weeks_without_the_record_lose_it(acme, app, clock, make):
    acme.own()
    acme.names.texts.clear()
    look_again(app, clock, weeks=2)
    asked = len(acme.names.asked)
    with app.app_context():
        assert check_due() == 0
    assert len(acme.names.asked) == asked
    look_again(app, clock, weeks=1)
    told = make.records.audited_details("organization.domain.changed")
    assert told[-1]["reason"] == "lost"
    assert told[-1]["after"] == {"verified": False}
    [mail] = make.records.mails_to("boss@home.example")
    assert (mail.kind, mail.link) == (
        "domain_lost",
        f"/account/orgs/{acme.id}/domains/{DOMAIN}",
    )


def test_one_week_with_it_forgives_those_before(acme, app, clock, boss):
    named = acme.own()
    acme.names.texts.clear()
    look_again(app, clock, weeks=2)
    acme.publish(named)
    look_again(app, clock, weeks=1)
    acme.names.silent = True
    look_again(app, clock, weeks=5)
    acme.program.sign_in(boss)
    assert acme.shown()[0]["verified_at"] == named["verified_at"]
    assert acme.shown()[0]["failures"] == 0


def test_it_is_given_up(acme, rival):
    acme.own()
    assert acme.program.send("DELETE", f"{acme.path}/{DOMAIN}").status_code == 204
    assert acme.shown() == []
    assert rival.own()["verified_at"]
    again = acme.program.send("DELETE", f"{acme.path}/{DOMAIN}")
    assert problem(again) == (404, "unknown_domain")


def test_members_and_admins_have_no_say(acme, enter, make):
    for role in ("member", "admin"):
        user = make.users.account(f"{role}@home.example")
        make.organizations.add(acme.id, user, role)
        program = enter(user)
        added = program.post(acme.path, {"domain": DOMAIN})
        assert problem(added) == (403, "insufficient_role")
        assert problem(program.get(acme.path)) == (403, "insufficient_role")
    stranger = enter(make.users.account("else@home.example"))
    assert problem(stranger.get(acme.path)) == (404, "unknown_organization")


def test_operators_have(acme, enter, make):
    operator = enter(make.users.account("op@home.example", roles=["admin"]))
    answer = operator.post(acme.path, {"domain": DOMAIN})
    assert answer.status_code == 201


def test_twenty_are_enough(acme):
    for number in range(20):
        acme.add(f"corp{number}.example")
    answer = acme.program.post(acme.path, {"domain": "corp20.example"})
    assert problem(answer) == (409, "too_many_domains")


def test_a_mail_to_who_runs_it_proves_it_too(acme, browser, make, app, clock):
    acme.add()
    answer = acme.verify(method="mail", mailbox="hostmaster")
    assert answer.status_code == 202
    mail = make.records.mail_to("hostmaster@corp.example")
    assert mail.kind == "domain_confirm"
    link = mail.link.removeprefix("https://idp.example")
    browser.open(link)
    assert "Acme" in browser.text
    assert DOMAIN in browser.text
    assert acme.shown()[0]["verified_at"] is None
    browser.submit()
    assert browser.response.request.path == "/organization-domain/done"
    assert acme.shown()[0]["method"] == "mail"
    assert browser.open(link).status_code == 400
    look_again(app, clock, weeks=4)
    assert acme.names.asked == []


def days_pass(app, clock, days):
    """Let days go by, and the worker look."""
    clock.tick(days=days, minutes=1)
    with app.app_context():
        renew_due()


def test_a_proof_by_mail_ends_and_is_given_again(acme, browser, make, app, clock):
    boss = make.users.account("second@home.example")
    make.organizations.add(acme.id, boss, "owner")

    def told():
        kinds = [mail.kind for mail in make.records.mails_to(boss.email)]
        return [kind for kind in kinds if kind.startswith("domain_")]

    acme.add()

    def prove():
        acme.program.sign_in(boss)
        acme.verify(method="mail")
        link = make.records.mails_to(f"postmaster@{DOMAIN}")[-1].link
        browser.open(link.removeprefix("https://idp.example"))
        browser.submit()

    prove()
    days_pass(app, clock, 149)
    assert told() == []
    days_pass(app, clock, 1)
    days_pass(app, clock, 22)
    assert told() == ["domain_expiring"]
    days_pass(app, clock, 1)
    assert told() == ["domain_expiring"] * 2
    prove()
    [renewed] = acme.shown()
    assert (renewed["failures"], renewed["method"]) == (0, "mail")
    # The worker was away: owners are told first all the same.
    days_pass(app, clock, 200)
    assert acme.names.asked == []
    acme.program.sign_in(boss)
    assert acme.shown()[0]["verified_at"] == renewed["verified_at"]
    days_pass(app, clock, 29)
    days_pass(app, clock, 1)
    assert told() == ["domain_expiring"] * 4 + ["domain_expired"]
    acme.program.sign_in(boss)
    assert (acme.shown()[0]["verified_at"], acme.shown()[0]["proven_until"]) == (
        None,
        None,
    )
    details = make.records.audited_details("organization.domain.changed")
    assert details[-1]["reason"] == "expired"


def test_a_mailed_link_holds_for_a_day_and_a_newer_one_voids_it(
    acme, browser, make, clock
):
    acme.add()
    acme.verify(method="mail")
    first = make.records.mail_to("postmaster@corp.example").link
    acme.verify(method="mail")
    second = make.records.mail_to("postmaster@corp.example").link
    assert browser.open(first.removeprefix("https://idp.example")).status_code == 400
    clock.tick(days=1, minutes=1)
    assert browser.open(second.removeprefix("https://idp.example")).status_code == 400


def test_mails_have_a_limit(acme):
    acme.add()
    answers = [acme.verify(method="mail").status_code for _ in range(8)]
    assert answers[0] == 202
    assert answers[-1] == 429
