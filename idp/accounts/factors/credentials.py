"""By what a user can prove who they are; never the secrets themselves."""

from dataclasses import dataclass, field

from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.models import User


@dataclass(frozen=True)
class EmailAddress:
    """An address that mail about the account goes to."""

    email: str
    verified: bool
    primary: bool


@dataclass(frozen=True)
class Credentials:
    """The ways in to one account."""

    emails: list[EmailAddress]
    password: bool
    passkeys: list[str] = field(default_factory=list)
    totp: bool = False
    recovery_codes_left: int = 0
    providers: list[str] = field(default_factory=list)


def credentials_of(user: User) -> Credentials:
    """Return what a user can sign in with."""
    verified = user.email_verified_at is not None
    return Credentials(
        emails=[EmailAddress(user.email, verified=verified, primary=True)],
        password=user.password_hash is not None,
        passkeys=[key.name for key in list_passkeys(user.id)],
    )
