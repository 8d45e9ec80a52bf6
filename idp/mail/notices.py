"""What we write to people after something about their account changed.

Each notice leads to the page where its reader can stop or undo what was done.
"""

from datetime import datetime

from flask_babel import gettext

from idp.mail.messages import Message, issuer_name, write, writing_in


def email_change_confirm(
    *,
    link: str,
    code: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Ask the reader of a new address to confirm that the account may switch to it."""
    with writing_in(locale):
        subject = gettext("Confirm your new email for %(issuer)s", issuer=issuer_name())
        return write(
            "email_change_confirm",
            subject,
            link=link,
            code=code,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )


def email_change_notice(
    *,
    link: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Tell the old address that another was asked for; ``link`` stops or undoes it."""
    with writing_in(locale):
        subject = gettext(
            "Your %(issuer)s email is about to change", issuer=issuer_name()
        )
        return write(
            "email_change_notice",
            subject,
            link=link,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )


def email_changed(
    *,
    link: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Tell the old address that the account has switched; ``link`` switches back."""
    with writing_in(locale):
        subject = gettext("Your %(issuer)s email was changed", issuer=issuer_name())
        return write(
            "email_changed",
            subject,
            link=link,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )


def password_changed(
    *,
    link: str,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Tell an owner that the password is a new one; ``link`` is the way to another."""
    with writing_in(locale):
        subject = gettext("Your %(issuer)s password was changed", issuer=issuer_name())
        return write(
            "password_changed",
            subject,
            link=link,
            display_name=display_name,
            browser=browser,
        )


def account_locked(
    *,
    link: str,
    display_name: str | None = None,
    locale: str | None = None,
) -> Message:
    """Tell an owner that no password is taken; ``link`` is the way to a new one."""
    with writing_in(locale):
        subject = gettext("Your %(issuer)s account is locked", issuer=issuer_name())
        return write(
            "account_locked",
            subject,
            link=link,
            display_name=display_name,
            browser=None,
        )


def account_disabled(
    *,
    link: str,
    display_name: str | None = None,
    locale: str | None = None,
) -> Message:
    """Tell an owner why signing in fails now; ``link`` is the server's front page."""
    with writing_in(locale):
        subject = gettext("Your %(issuer)s account was disabled", issuer=issuer_name())
        return write(
            "account_disabled",
            subject,
            link=link,
            display_name=display_name,
            browser=None,
        )


def new_sign_in(
    *,
    link: str,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
    network: str | None = None,
) -> Message:
    """Tell an owner of a sign-in in a new browser; ``link`` ends it.

    ``network`` is the coarse place, as ``security.places`` calls it.
    """
    with writing_in(locale):
        subject = gettext(
            "New sign-in to your %(issuer)s account", issuer=issuer_name()
        )
        return write(
            "new_sign_in",
            subject,
            link=link,
            display_name=display_name,
            browser=browser,
            network=network,
        )


def account_deletion_scheduled(
    *,
    link: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Tell an owner that the account will be erased; ``link`` keeps it."""
    with writing_in(locale):
        subject = gettext(
            "Your %(issuer)s account will be deleted", issuer=issuer_name()
        )
        return write(
            "account_deletion_scheduled",
            subject,
            link=link,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )
