"""Every act of administration: on pages, by REST, by command, and what it needs.

A route or a command that is not in here fails ``test_every_act.py``, and so does a
permission that opens nothing and is not said to.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

CALLBACK = "https://app.example/callback"
CLIENT = "/admin/clients/<segment:client_id>"
PERSON = "/admin/users/<segment:user_id>"
API, GROUP = "/admin/apis/<segment:api_id>", "/admin/groups/<segment:group_id>"
ACCOUNT, USER = "/api/accounts/<user_id>", "/api/users/<user_id>"
GROUP_BY_API = "/api/admin/groups/<group_id>"
MEMBER = f"{GROUP_BY_API}/members/<user_id>"
KEYS = "/api/admin/api-keys"
APIS_BY_API = "/api/admin/apis"
PROVIDER = "/admin/providers/<segment:provider_id>"
PROVIDERS_BY_API = "/api/admin/providers"
PROVIDER_BY_API = f"{PROVIDERS_BY_API}/<provider_id>"
GOOGLE = {
    "id": "google",
    "preset": "google",
    "client_id": "us",
    "client_secret": "hush",
}
API_BY_API = f"{APIS_BY_API}/<api_id>"
CLIENTS_BY_API = "/api/admin/clients"
INVITES = "/api/admin/invites"
NEW = {"email": "made@example.com"}
VOUCHED_FOR = {"email": "vouched@example.com", "email_verified": True}
CLIENT_BY_API = f"{CLIENTS_BY_API}/<path:client_id>"

PAGES: Mapping[tuple[str, str], str] = {
    ("GET", "/admin"): "users.read",
    ("GET", "/admin/api-keys"): "api_keys",
    ("POST", "/admin/api-keys"): "api_keys",
    ("POST", "/admin/api-keys/<segment:key_id>/revoke"): "api_keys",
    ("GET", "/admin/apis"): "apis.read",
    ("GET", "/admin/apis/new"): "apis.write",
    ("POST", "/admin/apis/new"): "apis.write",
    ("GET", API): "apis.read",
    ("POST", API): "apis.write",
    ("POST", f"{API}/delete"): "apis.write",
    ("GET", "/admin/apps/try"): "clients.read",
    ("POST", "/admin/apps/try"): "clients.write",
    ("POST", "/admin/apps/try/done"): "clients.write",
    ("GET", "/admin/approvals"): "waitlist",
    ("POST", "/admin/approvals"): "waitlist",
    ("GET", "/admin/clients"): "clients.read",
    ("GET", "/admin/clients/new"): "clients.write",
    ("GET", "/admin/clients/new/app"): "clients.write",
    ("GET", "/admin/clients/new/review"): "clients.write",
    ("POST", "/admin/clients/new/review"): "clients.write",
    ("GET", CLIENT): "clients.read",
    ("GET", f"{CLIENT}/access"): "clients.read",
    ("POST", f"{CLIENT}/access"): "clients.write",
    ("GET", f"{CLIENT}/activity"): "clients.read",
    ("GET", f"{CLIENT}/branding"): "clients.read",
    ("POST", f"{CLIENT}/branding"): "branding",
    ("GET", f"{CLIENT}/branding/preview"): "clients.read",
    ("GET", f"{CLIENT}/consent"): "clients.read",
    ("POST", f"{CLIENT}/consent"): "clients.write",
    ("GET", f"{CLIENT}/deliveries"): "deliveries.read",
    ("POST", f"{CLIENT}/deliveries/replay"): "clients.write",
    ("POST", f"{CLIENT}/deliveries/test"): "clients.write",
    ("GET", f"{CLIENT}/danger"): "clients.write",
    ("POST", f"{CLIENT}/danger"): "clients.write",
    ("GET", f"{CLIENT}/secrets"): "clients.read",
    ("POST", f"{CLIENT}/secrets"): "clients.secrets",
    ("GET", f"{CLIENT}/try"): "clients.write",
    ("POST", f"{CLIENT}/try"): "clients.write",
    ("GET", f"{CLIENT}/settings"): "clients.read",
    ("POST", f"{CLIENT}/settings"): "clients.write",
    ("GET", "/admin/deliveries"): "deliveries.read",
    ("POST", "/admin/deliveries/replay"): "clients.write",
    ("GET", "/admin/providers"): "providers.read",
    ("POST", "/admin/providers/order"): "providers.write",
    ("GET", "/admin/providers/new"): "providers.write",
    ("POST", "/admin/providers/new"): "providers.write",
    ("GET", PROVIDER): "providers.read",
    ("POST", PROVIDER): "providers.write",
    ("POST", f"{PROVIDER}/switch"): "providers.write",
    ("POST", f"{PROVIDER}/delete"): "providers.write",
    ("POST", f"{PROVIDER}/test"): "providers.write",
    ("GET", "/admin/groups"): "groups.read",
    ("GET", "/admin/groups/new"): "groups.write",
    ("POST", "/admin/groups/new"): "groups.write",
    ("GET", GROUP): "groups.read",
    ("POST", GROUP): "groups.write",
    ("GET", "/admin/jobs"): "settings.read",
    ("GET", "/admin/keys"): "keys.read",
    ("GET", "/admin/keys/rotate"): "keys.rotate",
    ("POST", "/admin/keys/rotate"): "keys.rotate",
    ("GET", "/admin/logs"): "audit.read",
    ("GET", "/admin/logs/export"): "audit.read",
    ("GET", "/admin/mail"): "deliveries.read",
    ("POST", "/admin/mail"): "settings.write",
    ("GET", "/admin/policies"): "settings.read",
    ("POST", "/admin/policies"): "settings.write",
    ("GET", "/admin/settings"): "settings.read",
    ("GET", "/admin/users"): "users.read",
    ("GET", "/admin/users/new"): "users.create",
    ("POST", "/admin/users/new"): "users.create",
    ("GET", PERSON): "users.read",
    **{
        (method, f"{PERSON}/{act}"): needs
        for act, needs in (
            ("profile", "users.update"),
            ("roles", "users.roles"),
            ("reset", "users.send_reset"),
            ("link", "users.sign_in_link"),
            ("password", "users.update"),
            ("unlock-factors", "factors.reset"),
            ("reset-factors", "factors.reset"),
            ("end-sessions", "sessions.end"),
            ("end-grants", "sessions.end"),
            ("enable", "users.disable"),
            ("disable", "users.disable"),
            ("delete", "users.delete"),
        )
        for method in ("GET", "POST")
    },
    ("POST", f"{PERSON}/apps"): "sessions.end",
    ("POST", f"{PERSON}/groups"): "groups.write",
    ("POST", f"{PERSON}/sessions"): "sessions.end",
    ("POST", f"{PERSON}/tokens"): "sessions.end",
    ("GET", f"{PERSON}/activity"): "audit.read",
    ("GET", f"{PERSON}/apps"): "users.read",
    ("GET", f"{PERSON}/groups"): "groups.read",
    ("GET", f"{PERSON}/security"): "users.read",
    ("GET", f"{PERSON}/sessions"): "sessions.read",
}


class Call(NamedTuple):
    """One call by REST, about somebody else who has no role.

    ``by_people_alone`` is refused to every program.
    """

    method: str
    path: str
    needs: str
    body: Any = None
    by_people_alone: bool = False


CALLS = [
    Call("GET", "/api/users", "users.read"),
    Call("POST", "/api/users", "users.create", {"email": "new@example.com"}),
    Call("POST", "/api/users", "users.address", VOUCHED_FOR),
    Call("POST", "/api/users", "users.roles", {**NEW, "roles": ["auditor"]}),
    Call("GET", USER, "users.read"),
    Call("PUT", USER, "users.update", {"name": "Ada"}),
    Call("PATCH", USER, "users.update", {"nickname": "ada"}),
    Call("DELETE", USER, "users.delete", {}),
    Call("GET", ACCOUNT, "users.read"),
    Call("PATCH", ACCOUNT, "users.disable", {"status": "active"}),
    Call("PATCH", ACCOUNT, "users.roles", {"roles": []}),
    Call("PATCH", ACCOUNT, "users.update", {"require_password_change": True}),
    Call("DELETE", f"{ACCOUNT}/sessions", "sessions.end"),
    Call("DELETE", f"{ACCOUNT}/grants", "sessions.end"),
    Call("DELETE", f"{ACCOUNT}/two-factor", "factors.reset"),
    Call("DELETE", f"{ACCOUNT}/factor-locks", "factors.reset"),
    Call("POST", f"{ACCOUNT}/password-reset", "users.send_reset"),
    Call("POST", f"{ACCOUNT}/link", "users.sign_in_link", {}),
    Call("GET", f"{ACCOUNT}/tokens", "users.read"),
    Call("DELETE", f"{ACCOUNT}/tokens/<token_id>", "sessions.end"),
    Call("GET", KEYS, "api_keys"),
    Call(
        "POST",
        KEYS,
        "api_keys",
        {"name": "k", "permissions": ["users.read"]},
        by_people_alone=True,
    ),
    Call("GET", f"{KEYS}/<key_id>", "api_keys"),
    Call("DELETE", f"{KEYS}/<key_id>", "api_keys"),
    Call("GET", "/api/admin/audit", "audit.read"),
    Call("GET", "/api/admin/approvals", "waitlist"),
    Call("POST", "/api/admin/approvals/approve", "waitlist", {"users": ["0"]}),
    Call("POST", "/api/admin/approvals/decline", "waitlist", {"users": ["0"]}),
    Call("GET", "/api/admin/deliveries", "deliveries.read"),
    Call("POST", "/api/admin/deliveries/<delivery_id>/replay", "clients.write"),
    Call(
        "POST",
        "/api/admin/clients/<path:client_id>/deliveries/test",
        "clients.write",
    ),
    Call("GET", APIS_BY_API, "apis.read"),
    Call("POST", APIS_BY_API, "apis.write", {"identifier": "https://api.example"}),
    Call("GET", API_BY_API, "apis.read"),
    Call("PUT", API_BY_API, "apis.write", {"name": "An API"}),
    Call("PATCH", API_BY_API, "apis.write", {"name": "An API"}),
    Call("DELETE", API_BY_API, "apis.write"),
    Call("GET", PROVIDERS_BY_API, "providers.read"),
    Call("POST", PROVIDERS_BY_API, "providers.write", GOOGLE),
    Call("GET", PROVIDER_BY_API, "providers.read"),
    Call("PUT", PROVIDER_BY_API, "providers.write", {"preset": "google"}),
    Call("PATCH", PROVIDER_BY_API, "providers.write", {"name": "Acme"}),
    Call("DELETE", PROVIDER_BY_API, "providers.write"),
    Call("POST", f"{PROVIDER_BY_API}/test", "providers.write"),
    Call("GET", "/api/admin/sessions", "sessions.read"),
    Call("DELETE", "/api/admin/sessions/<session_id>", "sessions.end"),
    Call("GET", CLIENTS_BY_API, "clients.read"),
    Call("POST", CLIENTS_BY_API, "clients.write", {"redirect_uris": [CALLBACK]}),
    Call("GET", CLIENT_BY_API, "clients.read"),
    Call("PUT", CLIENT_BY_API, "clients.write", {"redirect_uris": [CALLBACK]}),
    Call("PATCH", CLIENT_BY_API, "clients.write", {"client_name": "Notes"}),
    Call("DELETE", CLIENT_BY_API, "clients.write"),
    Call("GET", f"{CLIENT_BY_API}/secrets", "clients.read"),
    Call("POST", f"{CLIENT_BY_API}/secrets", "clients.secrets", {}),
    Call("DELETE", f"{CLIENT_BY_API}/secrets/<secret_id>", "clients.secrets"),
    Call("GET", "/api/admin/groups", "groups.read"),
    Call("POST", "/api/admin/groups", "groups.write", {"name": "new"}),
    Call("GET", GROUP_BY_API, "groups.read"),
    Call("PATCH", GROUP_BY_API, "groups.write", {"name": "other"}),
    Call("DELETE", GROUP_BY_API, "groups.write"),
    Call("GET", f"{GROUP_BY_API}/members", "groups.read"),
    Call("PUT", MEMBER, "groups.write"),
    Call("DELETE", MEMBER, "groups.write"),
    Call("GET", INVITES, "users.read"),
    Call("POST", INVITES, "invites", {"email": "made@example.com"}),
    Call("GET", f"{INVITES}/<invite_id>", "users.read"),
    Call("POST", f"{INVITES}/<invite_id>/resend", "invites", {}),
    Call("DELETE", f"{INVITES}/<invite_id>", "invites"),
    Call("GET", "/api/admin/mail", "deliveries.read"),
    Call("POST", "/api/admin/mail/<mail_id>/resend", "settings.write"),
    Call("DELETE", "/api/admin/mail/<mail_id>", "settings.write"),
    Call("GET", "/api/admin/jobs", "settings.read"),
    Call("GET", "/api/admin/keys", "keys.read"),
    Call("POST", "/api/admin/keys/rotate", "keys.rotate", {"now": True}),
    Call("GET", "/api/admin/settings", "settings.read"),
    Call("GET", "/api/admin/stats", "users.read"),
    Call("GET", "/api/admin/policies", "settings.read"),
    Call("PATCH", "/api/admin/policies", "settings.write", {"values": {}}),
]

COMMANDS: Mapping[str, str] = {
    "apis create": "apis.write",
    "apis delete": "apis.write",
    "apis list": "apis.read",
    "apis show": "apis.read",
    "apis update": "apis.write",
    "api-keys create": "api_keys",
    "api-keys list": "api_keys",
    "api-keys revoke": "api_keys",
    "audit search": "audit.read",
    "audit tail": "audit.read",
    "approvals approve": "waitlist",
    "approvals decline": "waitlist",
    "approvals list": "waitlist",
    "clients create": "clients.write",
    "clients delete": "clients.write",
    "clients disable": "clients.write",
    "clients enable": "clients.write",
    "clients list": "clients.read",
    "clients rotate-secret": "clients.secrets",
    "clients show": "clients.read",
    "clients update": "clients.write",
    "deliveries list": "deliveries.read",
    "deliveries replay": "clients.write",
    "deliveries test": "clients.write",
    "groups add": "groups.write",
    "groups create": "groups.write",
    "groups delete": "groups.write",
    "groups list": "groups.read",
    "groups remove": "groups.write",
    "groups show": "groups.read",
    "groups update": "groups.write",
    "jobs list": "settings.read",
    "keys list": "keys.read",
    "keys rotate": "keys.rotate",
    "mail drop": "settings.write",
    "mail outbox": "deliveries.read",
    "mail resend": "settings.write",
    "policies list": "settings.read",
    "policies set": "settings.write",
    "policies unset": "settings.write",
    "providers create": "providers.write",
    "providers delete": "providers.write",
    "providers disable": "providers.write",
    "providers enable": "providers.write",
    "providers list": "providers.read",
    "providers order": "providers.write",
    "providers show": "providers.read",
    "providers test": "providers.write",
    "providers update": "providers.write",
    "stats": "users.read",
    "users create": "users.create",
    "users delete": "users.delete",
    "users disable": "users.disable",
    "users enable": "users.disable",
    "users factors reset": "factors.reset",
    "users factors unlock": "factors.reset",
    "users link": "users.sign_in_link",
    "users list": "users.read",
    "users reset": "users.send_reset",
    "users roles": "users.roles",
    "users sessions end": "sessions.end",
    "users sessions list": "sessions.read",
    "users tokens list": "users.read",
    "users tokens revoke": "sessions.end",
}

# What the table has and nothing does yet, or nothing but a part of another act.
NOTHING_YET = {
    "instance.export",
    "instance.import",
    "keys.revoke",
    "organizations.read",
    "organizations.write",
    "refusals.read",
    "users.import",
    "webhooks",
}
