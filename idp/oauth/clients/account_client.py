"""The built-in client that the account API issues its tokens to.

It is public and first-party, has no redirect URI and refreshes only. Code says what it
is: the row of this id is there for foreign keys, and no rule lists or changes it.
"""

from idp.oauth.clients.metadata.registration import with_defaults
from idp.oauth.clients.view import PUBLIC
from idp.oauth.models import Client

ACCOUNT_CLIENT = "idp-account"
SCOPE = "account"
DECLARED = {
    "client_name": "Account API",
    "token_endpoint_auth_method": PUBLIC,
    "grant_types": ["refresh_token"],
    "scope": SCOPE,
}


def is_other_client(client_id: str | None) -> bool:
    """Tell whether a caller is another client; one by cookie is None, and is none."""
    return client_id not in (None, ACCOUNT_CLIENT)


def account_client() -> Client:
    """Return the client as a row that no session knows."""
    return Client(
        client_id=ACCOUNT_CLIENT,
        client_name=DECLARED["client_name"],
        registered=with_defaults(DECLARED),
        first_party=True,
        require_pkce=True,
        restricted=False,
    )
