"""All that the database holds sealed, by the names that operators are told."""

from collections.abc import Mapping
from types import MappingProxyType

from idp.accounts.factors import recovery_codes, totp
from idp.core.sealing import SealedColumn
from idp.federation.links import rows as links
from idp.federation.providers import secrets as providers
from idp.federation.sign_in import requests, waiting
from idp.federation.sign_out import upstream_sessions
from idp.mail import values as mails
from idp.oauth.keys import stored as keys

SEALED: Mapping[str, tuple[SealedColumn, ...]] = MappingProxyType(
    {
        "signing keys": (keys.SEALED,),
        "authenticator apps": (totp.SEALED,),
        "recovery codes": (recovery_codes.SEALED,),
        "secrets at providers": (providers.SEALED,),
        "tokens of providers": (links.SEALED, upstream_sessions.SEALED),
        "sign-ins at providers under way": (*requests.SEALED, waiting.SEALED),
        "mails": (mails.SEALED,),
    }
)
