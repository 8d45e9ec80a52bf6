"""The hosted pages of accounts."""

from idp.accounts.pages import (
    email_verification,
    home,
    login,
    logout,
    password_change,
    registration,
    sign_in_links,
)

BLUEPRINTS = (
    home.bp,
    registration.bp,
    email_verification.bp,
    login.bp,
    sign_in_links.bp,
    password_change.bp,
    logout.bp,
)
