"""Tables of the authorization server."""

from idp.oauth.models.api import Api, ApiScope, ClientApi
from idp.oauth.models.app_role import AppRole, AppRoleGroup, AppRoleUser
from idp.oauth.models.authorization_code import AuthorizationCode
from idp.oauth.models.client import Client, ClientSecret
from idp.oauth.models.client_access import ClientAccessGroup, ClientAccessUser
from idp.oauth.models.client_logo import ClientLogo
from idp.oauth.models.client_origin import ClientOrigin
from idp.oauth.models.client_trial import ClientTrial
from idp.oauth.models.consent import Consent
from idp.oauth.models.custom_scope import CustomScope
from idp.oauth.models.device_code import DeviceCode
from idp.oauth.models.grant import Grant
from idp.oauth.models.interaction import Interaction
from idp.oauth.models.logout_delivery import LogoutDelivery
from idp.oauth.models.pending_logout import PendingLogout
from idp.oauth.models.personal_token import PersonalToken
from idp.oauth.models.refresh_family import RefreshFamily
from idp.oauth.models.revoked_token import RevokedToken
from idp.oauth.models.signing_key import SigningKey
from idp.oauth.models.spent_assertion import SpentAssertion
from idp.oauth.models.void_period import VoidPeriod

__all__ = [
    "Api",
    "ApiScope",
    "AppRole",
    "AppRoleGroup",
    "AppRoleUser",
    "AuthorizationCode",
    "Client",
    "ClientAccessGroup",
    "ClientAccessUser",
    "ClientApi",
    "ClientLogo",
    "ClientOrigin",
    "ClientSecret",
    "ClientTrial",
    "Consent",
    "CustomScope",
    "DeviceCode",
    "Grant",
    "Interaction",
    "LogoutDelivery",
    "PendingLogout",
    "PersonalToken",
    "RefreshFamily",
    "RevokedToken",
    "SigningKey",
    "SpentAssertion",
    "VoidPeriod",
]
