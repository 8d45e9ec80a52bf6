"""The hosted pages of accounts."""

from idp.accounts.pages import (
    activity,
    data,
    deletion_undo,
    email_change,
    email_undo,
    email_verification,
    home,
    login,
    password_change,
    profile,
    reauthentication,
    registration,
    security,
    session_list,
    sign_in_links,
)

BLUEPRINTS = (
    home.bp,
    registration.bp,
    email_verification.bp,
    login.bp,
    sign_in_links.bp,
    reauthentication.bp,
    profile.bp,
    email_change.bp,
    email_undo.bp,
    security.bp,
    password_change.bp,
    session_list.bp,
    activity.bp,
    data.bp,
    deletion_undo.bp,
)
