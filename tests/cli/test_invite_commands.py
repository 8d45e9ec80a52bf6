"""``idp invites``."""

import json

GRACE = "grace@example.com"


def listed(idp) -> list[tuple[str, str]]:
    rows = json.loads(idp("invites", "list", "--json").output)
    return [(row["email"], row["state"]) for row in rows]


def test_people_are_invited_by_mail_or_by_a_link(idp):
    refused = idp("invites", "create", GRACE, "--client", "none", status=2)
    assert "There is no such app." in refused.stderr
    assert idp("invites", "create", GRACE).output == f"Mailed {GRACE}.\n"
    shown = idp("invites", "create", "ada@example.com", "--link").output
    assert shown.startswith("ada@example.com  http")
    assert "/invite?token=" in shown
    assert dict(listed(idp)) == {GRACE: "open", "ada@example.com": "open"}


def test_a_table_names_them(idp, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text(f"email,name\n{GRACE},Grace\n\nada@example.com\n")
    idp("invites", "create", "--file", str(table))
    assert {email for email, _ in listed(idp)} == {GRACE, "ada@example.com"}


def test_one_is_sent_again_and_withdrawn(idp):
    [made] = json.loads(idp("invites", "create", GRACE, "--json").output)
    idp("invites", "resend", made["id"], "--link")
    idp("invites", "withdraw", made["id"])
    assert listed(idp) == [(GRACE, "withdrawn")]
    refused = idp("invites", "resend", made["id"], status=4)
    assert "answered or withdrawn" in refused.stderr
    idp("invites", "withdraw", "x", status=3)


def test_what_is_no_address_invites_nobody(idp):
    refused = idp("invites", "create", GRACE, "no address", status=2)
    assert "email" in refused.stderr
    assert listed(idp) == []
    assert "Name an address" in idp("invites", "create", status=2).stderr
