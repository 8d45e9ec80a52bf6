"""What policies want of a user who signs in, for ``stages`` to judge."""

from datetime import datetime, timedelta

from idp.accounts.fields.missing import find_missing
from idp.accounts.policies.effective import (
    Places,
    effective,
    in_organization,
    places_of,
)
from idp.accounts.policies.keys import (
    ACR,
    EMAIL_CODE,
    ENROL_GRACE_DAYS,
    ON,
    REQUIRE_VERIFIED_EMAIL,
    REQUIRED,
    SECOND_FACTOR,
    TRUSTED_BROWSER_DAYS,
)
from idp.accounts.policies.rows import policy_rows
from idp.accounts.sessions.find import LiveSession, SessionUser
from idp.accounts.sessions.proofs import of_two_factors
from idp.accounts.sign_in.stages import Due, Stage, StagePolicy, next_stage
from idp.accounts.terms.acceptance import due_of
from idp.core.clock import utcnow


def policy_for(user: SessionUser, places: Places | None = None) -> StagePolicy:
    """Return what holds for a user in some ``places``: at a client, say.

    Without any, where the user is: in the organization in whose context a session is. A
    trusted browser counts in no context that would have trusted it for fewer days.
    """
    if places is None:
        places = _places_now(user)
    deadline = _deadline(user, places)
    days = effective(TRUSTED_BROWSER_DAYS, places_of(user.roles))
    return StagePolicy(
        verified_email=effective(REQUIRE_VERIFIED_EMAIL, places),
        second_factor=effective(SECOND_FACTOR, places),
        acr=effective(ACR, places),
        email_code=effective(EMAIL_CODE, places) == ON,
        enrolment_waits=deadline is not None and utcnow() < deadline,
        trusted_browsers=effective(TRUSTED_BROWSER_DAYS, places) >= days,
        unaccepted=lambda: due_of(user.user_id),
        missing=lambda: find_missing(user.user_id, places),
    )


def factor_asked_somewhere() -> bool:
    """Tell whether any policy may ask for a factor: most servers have none."""
    rows = policy_rows()
    return bool(rows.of(SECOND_FACTOR) or rows.of(ACR))


def must_enrol(live: LiveSession) -> bool:
    """Tell whether a user has to set up a second factor before anything else."""
    if not factor_asked_somewhere():
        return False
    due = next_stage(live, live.proven, policy=policy_for(live))
    return isinstance(due, Due) and due.stage is Stage.ENROLMENT


def enrolment_deadline(live: LiveSession) -> datetime | None:
    """Return until when a user may still go without the factor that is required.

    None for one who has a factor, or has signed in with two, or need not have one, or
    has no time left.
    """
    if not factor_asked_somewhere() or of_two_factors(live.proven):
        return None
    deadline = _deadline(live, _places_now(live))
    return deadline if deadline and utcnow() < deadline else None


def missing_fields_of(user: SessionUser) -> list[str]:
    """Return which fields a user has to give and has not given, wherever they are."""
    return find_missing(user.user_id, _places_now(user))


def _places_now(user: SessionUser) -> Places:
    """Return where policies for a user are, in the context that a session is in."""
    entered = user.organization_id if isinstance(user, LiveSession) else None
    return in_organization(places_of(user.roles), entered)


def _deadline(user: SessionUser, places: Places) -> datetime | None:
    """Return when a user who has no factor must have one, None where it is optional.

    The days count from sign-up, or from when it was first required if that is later.
    """
    if user.factors or effective(SECOND_FACTOR, places) != REQUIRED:
        return None
    rows = policy_rows().of(SECOND_FACTOR)
    since = min(
        rows[place].updated_at
        for place in places
        if place in rows and rows[place].value == REQUIRED
    )
    days = timedelta(days=effective(ENROL_GRACE_DAYS, places))
    return max(since, user.registered_at) + days
