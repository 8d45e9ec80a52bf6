"""The JSON API of accounts: the same rules as the pages'."""

from idp.accounts.api import (
    csrf_token,
    email_verification,
    login,
    logout,
    me,
    not_enabled,
    password,
    password_change,
    password_reset,
    refresh,
    registration,
    session_mail,
    session_sign_in,
    session_status,
)

BLUEPRINTS = (
    registration.api,
    login.api,
    logout.api,
    refresh.api,
    csrf_token.bp,
    csrf_token.api,
    me.api,
    email_verification.api,
    password_reset.api,
    password_change.api,
    password.api,
    session_status.api,
    session_sign_in.api,
    session_mail.api,
    not_enabled.api,
)
