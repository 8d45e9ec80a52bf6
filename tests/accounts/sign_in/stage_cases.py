"""Proofs, policies and users of which tables say what is due next."""

from datetime import UTC, datetime, timedelta

from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sign_in.stages import Assurance, Stage, StagePolicy, Unmet

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ADA = SessionUser(
    user_id="ada",
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
    registered_at=NOW - timedelta(days=90),
    must_change_password=False,
    security_version=0,
)
PROOFS = {
    "password": (Proof(Method.PASSWORD, NOW),),
    "link": (Proof(Method.LINK, NOW),),
    "provider": (Proof(Method.PROVIDER, NOW),),
    "key": (Proof(Method.PASSKEY, NOW),),
    "passkey": (Proof(Method.PASSKEY, NOW, user_verified=True),),
    "password totp": (Proof(Method.PASSWORD, NOW), Proof(Method.TOTP, NOW)),
    "password recovery": (
        Proof(Method.PASSWORD, NOW),
        Proof(Method.RECOVERY_CODE, NOW),
    ),
    "password mail": (Proof(Method.PASSWORD, NOW), Proof(Method.EMAIL_CODE, NOW)),
    "password link": (Proof(Method.PASSWORD, NOW), Proof(Method.LINK, NOW)),
    "link totp": (Proof(Method.LINK, NOW), Proof(Method.TOTP, NOW)),
    "password key": (Proof(Method.PASSWORD, NOW), Proof(Method.PASSKEY, NOW)),
    "password trusted": (
        Proof(Method.PASSWORD, NOW),
        Proof(Method.TRUSTED_BROWSER, NOW),
    ),
}
POLICIES = {
    "off": StagePolicy(second_factor="off"),
    "optional": StagePolicy(second_factor="optional"),
    "mail": StagePolicy(second_factor="required", email_code=True),
    "required": StagePolicy(second_factor="required"),
    "grace": StagePolicy(second_factor="required", enrolment_waits=True),
    "aal2": StagePolicy(acr="aal2"),
    "phr": StagePolicy(acr="phr"),
}
ENROLLED = {
    "nothing": [],
    "totp": ["totp"],
    "passkey": ["passkey"],
    "step": ["security_key"],
    "both": ["passkey", "totp"],
}
# In a cell a level is what is reached; E is enrolment, U an error; letters are what may
# be shown, the best first.
LETTERS = {
    Method.PASSKEY: "p",
    Method.TOTP: "t",
    Method.EMAIL_CODE: "m",
    Method.RECOVERY_CODE: "r",
}


def shown(due):
    """Return an outcome as a cell of a table has it."""
    if isinstance(due, Assurance):
        return due.acr
    if isinstance(due, Unmet):
        return "U"
    if due.stage is Stage.ENROLMENT:
        return "E"
    assert due.stage is Stage.SECOND_FACTOR
    return "".join(LETTERS[method] for method in due.methods)
