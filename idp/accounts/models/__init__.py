"""Tables of the accounts slice."""

from idp.accounts.models.attribute import Attribute
from idp.accounts.models.browser_session import BrowserSession
from idp.accounts.models.email_change import EmailChange
from idp.accounts.models.factor_change import FactorChange
from idp.accounts.models.factor_lock import FactorLock
from idp.accounts.models.group import Group, GroupMember
from idp.accounts.models.known_device import KnownDevice
from idp.accounts.models.mail_request import MailRequest
from idp.accounts.models.one_time_token import OneTimeToken
from idp.accounts.models.passkey import Passkey, WebauthnChallenge
from idp.accounts.models.pending_registration import PendingRegistration
from idp.accounts.models.pending_sign_in import PendingSignIn
from idp.accounts.models.policy import Policy
from idp.accounts.models.recovery_code import RecoveryCode
from idp.accounts.models.registration_approval import RegistrationApproval
from idp.accounts.models.reserved_address import ReservedAddress
from idp.accounts.models.reserved_username import ReservedUsername
from idp.accounts.models.scheduled_deletion import ScheduledDeletion
from idp.accounts.models.terms_acceptance import TermsAcceptance
from idp.accounts.models.totp_secret import TotpSecret
from idp.accounts.models.trusted_browser import TrustedBrowser
from idp.accounts.models.user import User, UserStatus
from idp.accounts.models.user_email import UserEmail
from idp.accounts.models.user_picture import UserPicture
from idp.accounts.models.waiting_place import WaitingPlace

__all__ = [
    "Attribute",
    "BrowserSession",
    "EmailChange",
    "FactorChange",
    "FactorLock",
    "Group",
    "GroupMember",
    "KnownDevice",
    "MailRequest",
    "OneTimeToken",
    "Passkey",
    "PendingRegistration",
    "PendingSignIn",
    "Policy",
    "RecoveryCode",
    "RegistrationApproval",
    "ReservedAddress",
    "ReservedUsername",
    "ScheduledDeletion",
    "TermsAcceptance",
    "TotpSecret",
    "TrustedBrowser",
    "User",
    "UserEmail",
    "UserPicture",
    "UserStatus",
    "WaitingPlace",
    "WebauthnChallenge",
]
