"""What the UserInfo endpoint tells, by one SELECT (OIDC Core §5.3).

Groups and organizations, and roles at the client, are asked for where it tells them.
"""

from collections.abc import Mapping
from typing import Any

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.access.claims import membership_claims
from idp.oauth.clients.view import ClientView
from idp.oauth.custom_scopes.vocabulary import claims_of, vocabulary
from idp.oauth.keys.signer import Signer
from idp.oauth.protocol import claims
from idp.oauth.tokens.grants import grants, users
from idp.oauth.tokens.verify import UserColumns, Verified

COLUMNS = UserColumns(
    grants.c.claims.label("claims_parameter"),
    *(users.c[name] for name in claims.COLUMNS),
)


def userinfo_of(token: Verified) -> dict[str, Any]:
    """Return the claims that an access token opens, which was verified with COLUMNS.

    Its own scope counts, and the ``claims`` parameter of its grant.
    """
    user = token.about_user
    known = vocabulary()
    names = known.names_for_scope(token.claims["scope"])
    names += known.names_requested(user.claims_parameter, "userinfo")
    subject = token.claims["sub"]
    return {
        "sub": subject,
        **claims_of(user, names),
        **membership_claims(token.client, subject, wanted=names),
        **{
            name: token.claims[name]
            for name in claims.OF_CONTEXT
            if name in token.claims
        },
    }


def signed_userinfo(
    found: Mapping[str, Any], *, client: ClientView, algorithm: str
) -> str:
    """Return the claims as a JWT for a client that registered an algorithm (§5.3.2).

    It has no ``exp``: it can pass neither for an ID Token nor for a hint.
    """
    issuer = current(ServerSettings).issuer
    content = {"iss": issuer, "aud": client.client_id, **found}
    return current(Signer).sign(content, algorithm=algorithm, typ="JWT")
