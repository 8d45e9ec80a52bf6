"""What who signs up by a provider has to say themselves."""

from idp.api.field_names import required
from idp.federation.sign_in.registration import OpenRegistration


def require_missing(opened: OpenRegistration, *, email: str | None) -> None:
    """Raise InvalidFields without an address that the provider has not told."""
    if "email" in opened.missing and not email:
        raise required("email")
