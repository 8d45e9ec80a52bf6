"""What we mail to users: one row for each message.

The texts are the templates ``mail/<name>.txt`` and ``mail/<name>.html``. Each message
has a link and a greeting; what else it is given is in its row, and it carries no other
secret than its link and its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

MessageName = Literal[
    "verify_email",
    "account_exists",
    "address_reserved",
    "password_reset",
    "password_set",
    "password_managed",
    "email_change_confirm",
    "email_change_notice",
    "email_changed",
    "address_confirm",
    "address_added",
    "address_removed",
    "password_changed",
    "password_removed",
    "passkey_added",
    "passkey_removed",
    "passkey_disabled",
    "security_key_added",
    "security_key_removed",
    "totp_added",
    "totp_removed",
    "recovery_codes_made",
    "recovery_code_used",
    "factors_reset",
    "second_factor_code",
    "account_locked",
    "account_disabled",
    "magic_link",
    "sign_up_offered",
    "sign_in_elsewhere",
    "invite",
    "account_pending",
    "registration_approved",
    "registration_declined",
    "approvals_waiting",
    "waitlist_confirm",
    "waitlist_place",
    "waitlist_admitted",
    "link_handed_out",
    "new_sign_in",
    "provider_linked",
    "provider_unlinked",
    "token_created",
    "domain_confirm",
    "domain_lost",
    "domain_expiring",
    "domain_expired",
    "account_deletion_scheduled",
    "organization_deletion_scheduled",
]


@dataclass(frozen=True)
class Message:
    """One message: its subject, and what it is given besides link and greeting.

    ``requester`` says that it names the browser and the network which caused it,
    ``names`` which others it speaks of, by what they are called where it is rendered.
    """

    subject: str  # translated where it is rendered (``ops.extraction``)
    code: bool = False
    expires: bool = False
    requester: bool = True
    names: tuple[str, ...] = ()


MESSAGES: Mapping[MessageName, Message] = MappingProxyType(
    {
        "verify_email": Message(
            subject="Confirm your email for %(issuer)s", code=True, expires=True
        ),
        # Its link leads to the sign-in page and carries no secret.
        "account_exists": Message(subject="You already have an account at %(issuer)s"),
        # Its link leads to the sign-up, for when the time is over.
        "address_reserved": Message(
            subject="This address cannot be used at %(issuer)s yet", expires=True
        ),
        "password_reset": Message(
            subject="Reset your %(issuer)s password", expires=True
        ),
        "password_set": Message(
            subject="Set a password for your %(issuer)s account",
            expires=True,
            requester=False,
        ),
        # To who asked for a new one; its link leads to the sign-in page.
        "password_managed": Message(
            subject="Your password for %(issuer)s", names=("manager",)
        ),
        "email_change_confirm": Message(
            subject="Confirm your new email for %(issuer)s", code=True, expires=True
        ),
        # To the old address: the link stops or undoes the change.
        "email_change_notice": Message(
            subject="Your %(issuer)s email is about to change", expires=True
        ),
        "email_changed": Message(
            subject="Your %(issuer)s email was changed", expires=True
        ),
        "address_confirm": Message(
            subject="Confirm another email for %(issuer)s", code=True, expires=True
        ),
        # To the primary address: the link removes the other one.
        "address_added": Message(
            subject="An email was added to your %(issuer)s account", expires=True
        ),
        "address_removed": Message(
            subject="An email was removed from your %(issuer)s account"
        ),
        "password_changed": Message(subject="Your %(issuer)s password was changed"),
        "password_removed": Message(subject="Your %(issuer)s password was removed"),
        # Their link undoes it.
        "passkey_added": Message(
            subject="A passkey was added to your %(issuer)s account", expires=True
        ),
        "passkey_removed": Message(
            subject="A passkey was removed from your %(issuer)s account", expires=True
        ),
        "security_key_added": Message(
            subject="A security key was added to your %(issuer)s account",
            expires=True,
        ),
        "security_key_removed": Message(
            subject="A security key was removed from your %(issuer)s account",
            expires=True,
        ),
        # Its link leads to the ways to sign in.
        "passkey_disabled": Message(
            subject="A passkey of your %(issuer)s account was disabled",
            requester=False,
        ),
        # Their link undoes it.
        "totp_added": Message(
            subject="An authenticator app was set up for your %(issuer)s account",
            expires=True,
        ),
        "totp_removed": Message(
            subject="The authenticator app of your %(issuer)s account was removed",
            expires=True,
        ),
        # Their link leads to the ways to sign in.
        "recovery_codes_made": Message(
            subject="New recovery codes for your %(issuer)s account"
        ),
        "recovery_code_used": Message(
            subject="A recovery code of your %(issuer)s account was used"
        ),
        # Its link leads to the start page.
        "factors_reset": Message(
            subject="Two-step sign-in of your %(issuer)s account was reset",
            requester=False,
        ),
        # Its link leads to the page that asks for the code.
        "second_factor_code": Message(
            subject="Your code to sign in at %(issuer)s", code=True, expires=True
        ),
        "account_locked": Message(
            subject="Your %(issuer)s account is locked", requester=False
        ),
        "account_disabled": Message(
            subject="Your %(issuer)s account was disabled", requester=False
        ),
        "magic_link": Message(subject="Sign in at %(issuer)s", code=True, expires=True),
        # To an address without an account; its link leads to the sign-up page.
        "sign_up_offered": Message(subject="You have no account at %(issuer)s yet"),
        "invite": Message(
            subject="You are invited to %(issuer)s",
            expires=True,
            requester=False,
            names=("person", "organization"),
        ),
        # In place of what would sign in: nobody has approved the account yet.
        "account_pending": Message(
            subject="Your account at %(issuer)s waits for approval"
        ),
        "registration_approved": Message(
            subject="Your account at %(issuer)s is approved", requester=False
        ),
        "registration_declined": Message(
            subject="Your account at %(issuer)s was not approved", requester=False
        ),
        # To operators; its link leads to the queue.
        "approvals_waiting": Message(
            subject="New accounts at %(issuer)s wait for approval", requester=False
        ),
        # Their link leads to the place, by which one can leave.
        "waitlist_confirm": Message(
            subject="Confirm your place on the waitlist of %(issuer)s"
        ),
        "waitlist_place": Message(subject="Your place on the waitlist of %(issuer)s"),
        "waitlist_admitted": Message(
            subject="You can create your account at %(issuer)s now",
            expires=True,
            requester=False,
        ),
        # Its link leads to the provider and carries no secret.
        "sign_in_elsewhere": Message(subject="How you sign in at %(issuer)s"),
        # Its link leads to the start page; the one that was made is not in it.
        "link_handed_out": Message(
            subject="A link to your %(issuer)s account was made", requester=False
        ),
        # Their link undoes it.
        "provider_linked": Message(
            subject="Another way to sign in to your %(issuer)s account", expires=True
        ),
        "provider_unlinked": Message(
            subject="A way to sign in to your %(issuer)s account was removed",
            expires=True,
        ),
        "new_sign_in": Message(subject="New sign-in to your %(issuer)s account"),
        "token_created": Message(
            subject="A personal access token for your %(issuer)s account"
        ),
        "account_deletion_scheduled": Message(
            subject="Your %(issuer)s account will be deleted", expires=True
        ),
        # Its link leads to the organization's page, and carries no secret.
        "organization_deletion_scheduled": Message(
            subject="An organization of yours at %(issuer)s will be deleted",
            requester=False,
            names=("organization",),
        ),
        # To who runs a domain, and may have no account.
        "domain_confirm": Message(
            subject="Confirm your domain at %(issuer)s", expires=True
        ),
        # Its link leads to the page of the domain, and carries no secret.
        "domain_expiring": Message(
            subject="Confirm a domain of your organization at %(issuer)s again",
            requester=False,
            names=("organization",),
        ),
        "domain_expired": Message(
            subject="An organization of yours at %(issuer)s has lost a domain",
            requester=False,
            names=("organization",),
        ),
        "domain_lost": Message(
            subject="An organization of yours at %(issuer)s has lost a domain",
            requester=False,
            names=("organization",),
        ),
    }
)
