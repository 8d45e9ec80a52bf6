"""What the audit log says to the user it is about, in words."""

from flask_babel import lazy_gettext

from idp.accounts.activity import Activity

# What is said of an event that went well, and of one that was refused.
WORDS = {
    ("register", "ok"): lazy_gettext("Account created"),
    ("invite.accepted", "ok"): lazy_gettext("Invite accepted"),
    ("login.ok", "ok"): lazy_gettext("Signed in"),
    ("login.fail", "refused"): lazy_gettext("Sign-in with a wrong password"),
    ("login.limited", "refused"): lazy_gettext("Too many sign-in tries; paused"),
    ("account.switched", "ok"): lazy_gettext("Switched to this account"),
    ("organization.entered", "ok"): lazy_gettext("Switched to an organization"),
    ("logout", "ok"): lazy_gettext("Signed out"),
    ("session.revoked", "ok"): lazy_gettext("A device was signed out"),
    ("email.verified", "ok"): lazy_gettext("Email address confirmed"),
    ("email.address.added", "ok"): lazy_gettext("Email address added"),
    ("email.address.removed", "ok"): lazy_gettext("Email address removed"),
    ("email.address.requested", "ok"): lazy_gettext("Another email address asked for"),
    ("email.change.requested", "ok"): lazy_gettext("Change of email address started"),
    ("email.changed", "ok"): lazy_gettext("Email address changed"),
    ("passkey.added", "ok"): lazy_gettext("Passkey added"),
    ("passkey.refused", "refused"): lazy_gettext("A passkey was refused"),
    ("passkey.removed", "ok"): lazy_gettext("Passkey removed"),
    ("password.changed", "ok"): lazy_gettext("Password changed"),
    ("password.changed", "refused"): lazy_gettext(
        "Password change with a wrong password"
    ),
    ("password.removed", "ok"): lazy_gettext("Password removed"),
    ("password.leaked", "ok"): lazy_gettext(
        "The password has leaked elsewhere; a new one was asked for"
    ),
    ("password.reset.requested", "ok"): lazy_gettext("Password reset asked for"),
    ("password.reset.done", "ok"): lazy_gettext("Password reset"),
    ("profile.changed", "ok"): lazy_gettext("Profile changed"),
    ("magic.requested", "ok"): lazy_gettext("Sign-in link asked for"),
    ("magic.used", "ok"): lazy_gettext("Signed in with a link"),
    ("consent.given", "ok"): lazy_gettext("Access given to an app"),
    ("consent.revoked", "ok"): lazy_gettext("Access taken from an app"),
    ("device.connected", "ok"): lazy_gettext("A device was connected"),
    ("device.connected", "refused"): lazy_gettext("A device was turned away"),
    ("code.replayed", "refused"): lazy_gettext(
        "An app’s sign-in was used twice and has been ended"
    ),
    ("refresh.reused", "refused"): lazy_gettext(
        "An app’s token was used twice and has been ended"
    ),
    ("token.created", "ok"): lazy_gettext("Personal access token made"),
    ("account.exported", "ok"): lazy_gettext("Data exported"),
    ("totp.added", "ok"): lazy_gettext("Authenticator app set up"),
    ("totp.added", "refused"): lazy_gettext(
        "Set-up of an authenticator app with a wrong code"
    ),
    ("totp.removed", "ok"): lazy_gettext("Authenticator app removed"),
    ("totp.used", "refused"): lazy_gettext("Wrong code of the authenticator app"),
    ("email_code.used", "refused"): lazy_gettext("Wrong code from an email"),
    ("recovery.made", "ok"): lazy_gettext("New recovery codes made"),
    ("recovery.used", "ok"): lazy_gettext("Recovery code used"),
    ("recovery.used", "refused"): lazy_gettext("Wrong recovery code"),
    ("factor.locked", "ok"): lazy_gettext("Too many wrong codes; locked for a while"),
    ("factor.reset", "ok"): lazy_gettext("Two-step sign-in reset by an operator"),
    ("provider.linked", "ok"): lazy_gettext("Account at another provider linked"),
    ("provider.login", "ok"): lazy_gettext("Signed in by another provider"),
    ("provider.refused", "refused"): lazy_gettext("Sign-in by another provider failed"),
    ("provider.unlinked", "ok"): lazy_gettext("Account at another provider unlinked"),
    ("browser.trusted", "ok"): lazy_gettext("Browser trusted"),
    ("browser.untrusted", "ok"): lazy_gettext("Browser trusted no more"),
    ("user.deleted", "ok"): lazy_gettext("Account deletion"),
    ("registration.approved", "ok"): lazy_gettext("Account approved"),
    ("user.locked", "ok"): lazy_gettext("Account locked"),
    ("terms.accepted", "ok"): lazy_gettext("Terms accepted"),
}
# The same event, told apart by what its row says besides.
VARIANTS = {
    "login.fail": (
        ("method", "password", lazy_gettext("Sign-in by a way that is not allowed")),
    ),
    "login.ok": (("again", True, lazy_gettext("Confirmed it’s you")),),
    "totp.added": (
        ("undone", True, lazy_gettext("Removal of the authenticator app undone")),
    ),
    "totp.removed": (
        ("undone", True, lazy_gettext("Set-up of the authenticator app undone")),
    ),
    "provider.linked": (
        ("undone", True, lazy_gettext("Unlinking at another provider undone")),
    ),
    "provider.unlinked": (
        ("undone", True, lazy_gettext("Linking at another provider undone")),
    ),
    "email.changed": (
        ("undone", True, lazy_gettext("Change of email address undone")),
    ),
    "session.revoked": (
        ("others", True, lazy_gettext("All other devices signed out")),
        ("all", True, lazy_gettext("All devices signed out")),
        ("by", "policy", lazy_gettext("The oldest device was signed out: too many")),
    ),
    "user.locked": (("lifted", True, lazy_gettext("Account unlocked")),),
    "user.deleted": (
        ("stage", "scheduled", lazy_gettext("Account deletion asked for")),
        ("stage", "undone", lazy_gettext("Account deletion undone")),
    ),
}


def words_for(activity: Activity) -> str:
    """Return an event in words: what its details say, else what its name says."""
    for name, value, words in VARIANTS.get(activity.event, ()):
        if activity.detail.get(name) == value:
            return str(words)
    return str(WORDS[activity.event, activity.outcome])
