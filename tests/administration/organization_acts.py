"""What operators do to organizations on pages and by command, and what it needs."""

from collections.abc import Mapping

ORGANIZATION = "/admin/orgs/<segment:organization_id>"

ORGANIZATION_PAGES: Mapping[tuple[str, str], str] = {
    ("GET", "/admin/orgs"): "organizations.read",
    ("GET", f"{ORGANIZATION}/invites"): "invites",
    ("POST", f"{ORGANIZATION}/invites"): "invites",
    ("GET", "/admin/orgs/new"): "organizations.write",
    ("POST", "/admin/orgs/new"): "organizations.write",
    ("GET", ORGANIZATION): "organizations.read",
    ("POST", ORGANIZATION): "organizations.write",
    ("GET", f"{ORGANIZATION}/domains"): "organizations.read",
    ("POST", f"{ORGANIZATION}/domains"): "organizations.write",
    ("GET", f"{ORGANIZATION}/domains/<domain>"): "organizations.read",
    ("POST", f"{ORGANIZATION}/domains/<domain>"): "organizations.write",
    ("GET", f"{ORGANIZATION}/providers"): "organizations.read",
    ("POST", f"{ORGANIZATION}/providers"): "providers.write",
    ("GET", f"{ORGANIZATION}/providers/<segment:provider_id>"): "organizations.read",
    ("POST", f"{ORGANIZATION}/providers/<segment:provider_id>"): "providers.write",
    ("GET", f"{ORGANIZATION}/settings"): "organizations.write",
    ("POST", f"{ORGANIZATION}/settings"): "organizations.write",
    ("GET", f"{ORGANIZATION}/members/<segment:user_id>"): "organizations.read",
    ("POST", f"{ORGANIZATION}/members/<segment:user_id>"): "organizations.write",
}

ORGANIZATION_COMMANDS: Mapping[str, str] = {
    "orgs add": "organizations.write",
    "orgs approve": "organizations.write",
    "orgs create": "organizations.write",
    "orgs delete": "organizations.write",
    "orgs disable": "organizations.write",
    "orgs domains add": "organizations.write",
    "orgs domains list": "organizations.read",
    "orgs domains remove": "organizations.write",
    "orgs domains show": "organizations.read",
    "orgs domains update": "organizations.write",
    "orgs domains verify": "organizations.write",
    "orgs enable": "organizations.write",
    "orgs invites create": "invites",
    "orgs invites list": "invites",
    "orgs invites resend": "invites",
    "orgs invites withdraw": "invites",
    "orgs list": "organizations.read",
    "orgs members": "organizations.read",
    "orgs logo": "organizations.write",
    "orgs own-roles list": "organizations.read",
    "orgs own-roles remove": "organizations.write",
    "orgs own-roles set": "organizations.write",
    "orgs remove": "organizations.write",
    "orgs roles": "organizations.write",
    "orgs show": "organizations.read",
    "orgs undo": "organizations.write",
    "orgs update": "organizations.write",
}
