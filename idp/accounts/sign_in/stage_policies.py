"""What policies want of a user who signs in, for ``stages`` to judge."""

from datetime import timedelta

from idp.accounts.policies.effective import Places, effective, places_of
from idp.accounts.policies.keys import (
    ACR,
    ENROL_GRACE_DAYS,
    REQUIRE_VERIFIED_EMAIL,
    REQUIRED,
    SECOND_FACTOR,
)
from idp.accounts.policies.rows import policy_rows
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sign_in.stages import StagePolicy
from idp.core.clock import utcnow


def policy_for(user: SessionUser, places: Places | None = None) -> StagePolicy:
    """Return what holds for a user, at a client if that is among ``places``."""
    if places is None:
        places = places_of(user.user_id, user.roles)
    second_factor = effective(SECOND_FACTOR, places)
    required = second_factor == REQUIRED and not user.factors
    return StagePolicy(
        verified_email=effective(REQUIRE_VERIFIED_EMAIL, places),
        second_factor=second_factor,
        acr=effective(ACR, places),
        enrolment_waits=required and _has_time_left(user, places),
    )


def _has_time_left(user: SessionUser, places: Places) -> bool:
    """Tell whether a user may still go without the factor that is required.

    The days count from sign-up, or from when it was first required if that is later.
    """
    days = effective(ENROL_GRACE_DAYS, places)
    rows = policy_rows().of(SECOND_FACTOR)
    since = min(
        rows[place].updated_at
        for place in places
        if place in rows and rows[place].value == REQUIRED
    )
    return utcnow() < max(since, user.registered_at) + timedelta(days=days)
