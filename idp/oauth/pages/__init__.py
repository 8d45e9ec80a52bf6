"""Hosted pages of the authorization server."""

from idp.oauth.pages import (
    account_choice,
    brand,
    connected_apps,
    consent,
    device,
    logout,
)

BLUEPRINTS = (
    account_choice.bp,
    brand.bp,
    consent.bp,
    connected_apps.bp,
    device.bp,
    logout.bp,
)
