"""The words for what rules refuse: one table, so that none is left untranslated.

Rules give codes and values (``core.errors.FieldError``); pages, JSON answers and
commands say them by ``message_of``, pages about requests of clients by ``reason_of``.
The title of a refusal is English beside its class, where the API's document takes it
from, and translated by ``title_of``.
"""

from collections.abc import Collection
from datetime import datetime

from flask_babel import format_date, gettext, lazy_gettext

from idp.accounts.policies.keys import LINK, MAGIC_LINK, PASSKEY
from idp.core.errors import FieldError, IdpError
from idp.core.text import Worded
from idp.security.user_agent import Browser

WORDS = {
    "accept_terms.own_word": lazy_gettext(
        "Nobody accepts the terms for somebody else. Leave this out: they are asked "
        "when they first sign in."
    ),
    "accept_terms.terms_required": lazy_gettext(
        "To go on, accept what is linked here."
    ),
    "address.invalid_type": lazy_gettext("An address is an object of parts."),
    "admit.invalid": lazy_gettext("This link was used, or is too old."),
    "api_key.dangerous": lazy_gettext(
        "Among these permissions are some of owners alone: say that you mean it."
    ),
    "api_key.expires_at": lazy_gettext("Choose a moment within a year from now."),
    "api_key.name_missing": lazy_gettext("Give it a name to tell it by."),
    "api_key.permission_unknown": lazy_gettext(
        "There is no permission %(permission)s."
    ),
    "api_key.permissions_missing": lazy_gettext("Choose what it may do."),
    "attribute.boolean": lazy_gettext("This must be yes or no."),
    "attribute.choice": lazy_gettext("Choose one of these: %(known)s."),
    "attribute.date": lazy_gettext("Enter a date like 1985-04-12."),
    "attribute.not_editable": lazy_gettext("Only an administrator can change this."),
    "attribute.number": lazy_gettext("Enter a number."),
    "attribute.number_too_great": lazy_gettext("This number is too great."),
    "attribute.too_long": lazy_gettext("This may take %(max)s bytes at most."),
    "attributes.too_long": lazy_gettext(
        "This is too much: all such values may take %(max)s bytes together."
    ),
    "birthdate.invalid": lazy_gettext(
        "Enter a date like 1985-04-12, or only the year."
    ),
    "birthdate.to_come": lazy_gettext("Enter a date that has been."),
    "branding.colour": lazy_gettext(
        "Write the colour as # and six hexadecimal digits, like #1f4fc4."
    ),
    "client_id.unknown": lazy_gettext("There is no such app."),
    "email.domain": lazy_gettext(
        "New accounts are for addresses of certain domains. Use another address."
    ),
    "email.email_taken": lazy_gettext("There’s already an account with this email."),
    "email.email_reserved": lazy_gettext(
        "This address belonged to another account until lately, and is kept until "
        "%(until)s. Use another one until then."
    ),
    "email.invalid": lazy_gettext("Enter an email address like name@example.com."),
    "email.missing": lazy_gettext("Enter your email address."),
    "email.needs_ascii": lazy_gettext(
        "Our mail can’t reach this address: before the @ it may only have unaccented "
        "Latin letters, digits and signs."
    ),
    "email.other_address": lazy_gettext(
        "You were let in with another address. Use that one."
    ),
    "email.other_domain": lazy_gettext(
        "Use an address of your organization to sign up this way."
    ),
    "email.too_long": lazy_gettext("This address is too long."),
    "email.use_email_change": lazy_gettext(
        "Change the address with POST /account/email."
    ),
    "invite.invalid": lazy_gettext("This invite is unknown, over or withdrawn."),
    "locale.invalid": lazy_gettext("Enter a language tag like en or de-CH."),
    "organization.domain": lazy_gettext("Enter a domain like example.com."),
    "organization.domain_public": lazy_gettext(
        "Anyone can have an address there. Use a domain of your own."
    ),
    "organization.mailbox": lazy_gettext("Choose postmaster, hostmaster or admin."),
    "organization.name_missing": lazy_gettext("Give the organization a name."),
    "organization.slug": lazy_gettext(
        "Use 2 to 31 lower-case letters, digits and single dashes between them."
    ),
    "organization.slug_taken": lazy_gettext(
        "Another organization has this short name."
    ),
    "organization_role.built_in": lazy_gettext("This role is there already."),
    "organization_role.invalid": lazy_gettext(
        "Use at most 32 lower-case letters, digits, dashes and underscores; begin with "
        "a letter."
    ),
    "organization_role.too_many": lazy_gettext(
        "An organization has at most 50 roles of its own."
    ),
    "organization_role.too_many_permissions": lazy_gettext(
        "A role has at most 100 permissions."
    ),
    "passkey.name_missing": lazy_gettext("Give the passkey a name."),
    "name.invalid": lazy_gettext("This name has characters that cannot be shown."),
    "name.stacked": lazy_gettext("This name piles up too many marks on one letter."),
    "name.unseen": lazy_gettext("Use at least one letter, digit or sign that is seen."),
    "name.too_long": lazy_gettext("Use at most %(max)s characters."),
    "email.unchanged": lazy_gettext("This is your address already."),
    "new_email.unchanged": lazy_gettext("This is your address already."),
    "password.common": lazy_gettext(
        "This password is easy to guess: it is like ones in known leaks. Add a few "
        "unrelated words."
    ),
    "password.context": lazy_gettext(
        "This password is built from your email, your name or ours."
    ),
    "password.leaked": lazy_gettext(
        "This password has leaked elsewhere, or is one that has with a few signs "
        "around it. Choose another."
    ),
    "password.repeats": lazy_gettext(
        "This password repeats itself or runs along. Mix it more."
    ),
    "password.too_long": lazy_gettext("Use at most %(max)s characters."),
    "password.too_short": lazy_gettext("Use at least %(min)s characters."),
    "password.unchanged": lazy_gettext(
        "Choose a password that is different from the old one."
    ),
    "password.use_password_change": lazy_gettext(
        "Change the password with PUT /auth/change-password."
    ),
    "phone_number.invalid": lazy_gettext(
        "Enter a number with its country code, like +49 30 1234567."
    ),
    "policies.hidden": lazy_gettext(
        "Operators have hidden this from users of the whole server."
    ),
    "policies.unknown": lazy_gettext("There is no %(name)s."),
    "roles.unknown": lazy_gettext("There is no role %(role)s. Roles are %(known)s."),
    "profile.required": lazy_gettext("This field is required."),
    "profile.unknown_field": lazy_gettext("This field cannot be set here."),
    "request.client_disabled": lazy_gettext("The app has been switched off here."),
    "request.client_id_missing": lazy_gettext(
        "It does not say which app it comes from."
    ),
    "request.client_id_repeated": lazy_gettext("It names more than one app."),
    "request.client_mismatch": lazy_gettext("Its ID token was issued to another app."),
    "request.client_missing": lazy_gettext("It does not say which app it comes from."),
    "request.client_unknown": lazy_gettext(
        "It comes from an app that is unknown here."
    ),
    "request.hint_invalid": lazy_gettext(
        "Its ID token was not issued here, or was altered."
    ),
    "request.not_a_form": lazy_gettext("It was not sent as a form."),
    "request.parameter_garbled": lazy_gettext("A part of it is not readable text."),
    "request.parameter_repeated": lazy_gettext("A part of it was sent more than once."),
    "request.parameter_too_long": lazy_gettext("A part of it is too long."),
    "request.redirect_uri_mismatch": lazy_gettext(
        "It wants to return to a place that the app has not registered."
    ),
    "request.redirect_uri_missing": lazy_gettext("It does not say where to return to."),
    "request.redirect_uri_repeated": lazy_gettext(
        "It names more than one place to return to."
    ),
    "text.invalid": lazy_gettext("It has characters that cannot be shown."),
    "text.invalid_type": lazy_gettext("This must be text."),
    "text.too_long": lazy_gettext("Use at most %(max)s characters."),
    "url.host": lazy_gettext("There is no host in it, like example.com."),
    "url.no_scheme": lazy_gettext("Enter an address that begins with https://."),
    "url.not_https": lazy_gettext("Only addresses with https:// are taken."),
    "url.port": lazy_gettext("The port after the colon is a number up to 65535."),
    "url.signs": lazy_gettext("It has a space or a sign that no web address has."),
    "url.user": lazy_gettext("Leave out the name before the @."),
    "username.empty": lazy_gettext("To go without a username, send null."),
    "username.invalid": lazy_gettext(
        "Use letters, digits, dots, dashes and underscores; begin and end with a "
        "letter or digit."
    ),
    "username.mixed_scripts": lazy_gettext("Use letters of one alphabet only."),
    "username.too_long": lazy_gettext("Use at most %(max)s characters."),
    "username.username_taken": lazy_gettext("This username is taken."),
    "zoneinfo.invalid": lazy_gettext("Enter a time zone like Europe/Berlin."),
    "token.name_missing": lazy_gettext("Give it a name to tell it by."),
    "token.resource_unknown": lazy_gettext("There is no such API."),
    "token.scope_missing": lazy_gettext("Choose what it may do."),
    "token.scope_unknown": lazy_gettext("The API has no scope %(scope)s."),
}
PERSONAL_ORGANIZATION = lazy_gettext("Personal")


def message_of(error: FieldError) -> str:
    """Return what a user reads about one input; a KeyError is a hole in ``WORDS``."""
    values = {
        name: format_date(value) if isinstance(value, datetime) else value
        for name, value in error.values.items()
    }
    return in_words(error.message) or str(WORDS[error.word]) % values


def reason_of(reason: str) -> str:
    """Return why a request of a client could not be acted on."""
    return str(WORDS[f"request.{reason}"])


def title_of(refusal: IdpError) -> str:
    """Return what a user reads about a refusal as a whole."""
    title: str = gettext(refusal.title)
    return title


def in_words(text: str) -> str:
    """Return a text of a rule; one that knows what it was made of in this language."""
    if not isinstance(text, Worded):
        return text
    template: str = gettext(text.template)
    values = {
        name: in_words(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template % values if values else template


def instead_of_password(ways: Collection[str]) -> str:
    """Return what a user reads who may not sign in with a password, but by ``ways``."""
    links = not {LINK, MAGIC_LINK}.isdisjoint(ways)
    if PASSKEY in ways and links:
        words: str = gettext(
            "You can’t sign in here with a password. Use a passkey or a sign-in link."
        )
    elif PASSKEY in ways:
        words = gettext("You can’t sign in here with a password. Use a passkey.")
    elif links:
        words = gettext("You can’t sign in here with a password. Use a sign-in link.")
    else:
        words = gettext("You can’t sign in here with a password. Use another way.")
    return words


def no_passkeys() -> str:
    """Return what a user reads where policies allow nobody a passkey."""
    words: str = gettext("You can’t sign in here with a passkey. Use another way.")
    return words


def browser_name(browser: Browser) -> str | None:
    """Return words like ``Firefox on Linux``, or None when there is nothing to say."""
    if not (browser.name and browser.system):
        return browser.name or browser.system
    named: str = gettext(
        "%(browser)s on %(system)s", browser=browser.name, system=browser.system
    )
    return named
