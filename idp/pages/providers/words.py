"""Why nobody was signed in by another provider, in words of ours."""

from flask_babel import gettext, lazy_gettext

WORDS = {
    "away": lazy_gettext(
        "%(provider)s can’t be reached right now. Try again in a moment, or sign in "
        "another way."
    ),
    "browser": lazy_gettext(
        "This sign-in was begun in another browser. Begin it again in this one."
    ),
    "lost": lazy_gettext(
        "This sign-in took too long, or was finished in another window."
    ),
    "linked_elsewhere": lazy_gettext(
        "That account at %(provider)s is linked to another account here."
    ),
    "another_linked": lazy_gettext(
        "Another account at %(provider)s is linked to yours. Unlink it first."
    ),
    "address_taken": lazy_gettext(
        "There’s already an account with this email. Sign in to it another way."
    ),
    "address_unproven": lazy_gettext(
        "Create an account with your email first. You can link %(provider)s to it "
        "afterwards."
    ),
    "domain": lazy_gettext(
        "Your address at %(provider)s is none of those that can sign in here."
    ),
    "sign_up_closed": lazy_gettext("New accounts can’t be created here."),
    "sign_up_domain": lazy_gettext(
        "Accounts here are for addresses of certain domains, and yours is at another."
    ),
    "sign_up_invite": lazy_gettext("Accounts here are by invitation."),
    "sign_up_waitlist": lazy_gettext("New accounts are for people on the waitlist."),
    "auth_time": lazy_gettext(
        "%(provider)s didn’t ask you to sign in again, which the app wants. Sign in "
        "another way."
    ),
    "no_auth_time": lazy_gettext(
        "%(provider)s can’t ask you to sign in again, which is wanted here. Sign in "
        "another way."
    ),
    "other_account": lazy_gettext(
        "You switched to another account meanwhile. Switch back to the one that "
        "%(provider)s is to be linked to, and link it there."
    ),
    "elsewhere": lazy_gettext(
        "With this address you sign in by your organization’s provider."
    ),
    "signed_out": lazy_gettext("You were signed out meanwhile. Sign in again first."),
}


def words_of(reason: str, provider_name: str) -> str:
    """Return what a user is told; what the provider itself has said is for nobody."""
    other = gettext(
        "%(provider)s could not sign you in. Try again, or sign in another way.",
        provider=provider_name,
    )
    known = WORDS.get(reason)
    return str(other if known is None else known).replace("%(provider)s", provider_name)
