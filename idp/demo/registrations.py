"""How the two demo clients are registered at the issuer."""

SCOPE = "openid profile email offline_access"
GRANT_TYPES = ["authorization_code", "refresh_token"]


def registrations(base_url: str, web_client_secret: str) -> list[dict[str, object]]:
    """Describe both clients in the client metadata of RFC 7591 §2.

    ``base_url`` is the demo app's own origin, without a trailing slash. The SPA is a
    public client: nothing that runs in a browser can keep a secret (RFC 6749 §2.1).
    Both may ask for offline_access, so that a person can try either kind of refresh
    token; they do so only when the box on the page is ticked.
    """
    return [
        {
            "client_id": "demo-web",
            "client_secret": web_client_secret,
            "client_name": "Demo web app",
            "application_type": "web",
            "token_endpoint_auth_method": "client_secret_basic",
            "initiate_login_uri": f"{base_url}/web",
            "redirect_uris": [f"{base_url}/web/callback"],
            "post_logout_redirect_uris": [f"{base_url}/"],
            "grant_types": list(GRANT_TYPES),
            "scope": SCOPE,
        },
        {
            "client_id": "demo-spa",
            "client_name": "Demo single-page app",
            "application_type": "web",
            "token_endpoint_auth_method": "none",
            "initiate_login_uri": f"{base_url}/spa",
            "redirect_uris": [f"{base_url}/spa/callback"],
            "post_logout_redirect_uris": [f"{base_url}/spa"],
            "grant_types": list(GRANT_TYPES),
            "scope": SCOPE,
        },
    ]
