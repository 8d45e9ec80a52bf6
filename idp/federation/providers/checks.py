"""What can be wrong with what is said of a provider, field by field."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec

from idp.accounts.access.permissions import Role
from idp.accounts.profile.attributes.registry import read_definitions
from idp.accounts.profile.fields import TEXT_FIELDS
from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.settings.server import ServerSettings
from idp.core.text import name_flaw, worded
from idp.federation.ldap_members import KIND, problems_of
from idp.federation.providers.keys import can_sign, is_p256
from idp.federation.providers.presets import CODE, PRESETS
from idp.federation.providers.provider import ATTRIBUTE, ProviderDeclaration
from idp.security.outbound.client import Outbound
from idp.security.outbound.targets import take_apart

KINDS = ("oidc", "oauth2", KIND)
LINKS = ("never", "ask", "verified")
RESPONSE_MODES = ("query", "form_post")
SECRETS_SENT = ("client_secret_basic", "client_secret_post")
KEYS_HELD = ("private_key_jwt", "apple")
AUTH_METHODS = (*SECRETS_SENT, *KEYS_HELD, "none")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
OPENID = "openid"

MAX_ID, MAX_TEXT, MAX_SECRET, MAX_ENTRIES = 64, 255, 8192, 100
MAX_POSITION = 1_000_000
RESERVED_IDS = frozenset({"new", "order"})  # pages of operators
ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 appendix A.4
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})+")
OUR_CLAIMS = frozenset({"sub", "email", "email_verified", *TEXT_FIELDS})


def wrong_id(value: str) -> Iterator[FieldError]:
    """Yield why this cannot stand in the callback URL of a provider."""
    if len(value) > MAX_ID or not ID.fullmatch(value):
        hint = worded("must be small letters, digits and dashes between them")
        yield _error("id", hint)
    elif value in RESERVED_IDS:
        yield _error("id", worded("is a word of this server itself"))


def mistakes_in(
    declared: ProviderDeclaration,
    *,
    domains_of_others: Mapping[str, str],
    mapped: Collection[str] = (),
) -> Iterator[FieldError]:
    """Yield all that is wrong; ``domains_of_others`` are taken, by whom.

    Attributes that are ``mapped`` already may be deleted by now.
    """
    yield from _wrong_names(declared)
    for one_of, known in (("kind", KINDS), ("link", LINKS)):
        yield from _not_among(one_of, getattr(declared, one_of), known=known)
    if declared.kind == KIND:
        yield from _wrong_directory(declared)
    elif declared.kind in KINDS:
        yield from _wrong_addresses(declared)
        yield from _wrong_registration(declared)
    if declared.signs_out and declared.kind != "oidc":
        yield _error("signs_out", worded("is of OpenID Connect alone"))
    yield from _wrong_maps(declared, mapped)
    yield from _wrong_domains(declared, domains_of_others)
    yield from _wrong_ownership(declared)


def wrong_secret(
    declared: ProviderDeclaration, secret: str | None
) -> Iterator[FieldError]:
    """Yield why a provider cannot be shown who we are by this secret or key."""
    method = declared.auth_method
    if method in SECRETS_SENT and not secret:
        yield _error("client_secret", worded("must be given"))
    elif declared.kind == KIND:
        return  # a password, of whatever signs
    elif method in SECRETS_SENT and not _is_secret(secret or ""):
        yield _error("client_secret", worded("has characters that no secret has"))
    elif method == "apple" and not is_p256(secret or ""):
        hint = worded(
            "must be the private key that Apple made, a file that ends in .p8"
        )
        yield _error("client_secret", hint)
    elif method == "private_key_jwt" and not can_sign(secret or ""):
        hint = worded(
            "must be a private key in PEM: P-256, Ed25519 or RSA of 2048 bits"
        )
        yield _error("client_secret", hint)


def _wrong_names(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield what people cannot be shown."""
    if not _is_line(declared.name):
        yield _error("name", _line_words())
    for field in ("preset", "icon"):
        value = getattr(declared, field)
        if value is not None:
            yield from _not_among(field, value, known=tuple(PRESETS))
    if not 0 <= declared.position <= MAX_POSITION:
        yield _error("position", worded("must be 0 to %(most)s", most=MAX_POSITION))


def _wrong_addresses(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield what is wrong with where a provider is."""
    openid = declared.kind == "oidc"
    needed = ("issuer",) if openid else ENDPOINTS
    for field in ("issuer", *ENDPOINTS, "emails_endpoint"):
        url = getattr(declared, field)
        if openid and field != "issuer":
            if url is not None:
                yield _error(field, worded("comes from the issuer"))
        elif url is None and field in needed:
            yield _error(field, worded("must be given"))
        elif url is not None:
            yield from _wrong_url(field, url)
    if declared.kind == "oauth2" and declared.issuer is not None:
        yield _error("issuer", worded("is of OpenID Connect alone"))


def _wrong_directory(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield what is wrong with a directory."""
    if not find_spec("ldap3"):
        yield _error("kind", worded("needs the extra ldap to be installed"))
    plain = current(Outbound).allow_loopback
    for member, problem in problems_of(declared.ldap, may_be_plain=plain):
        yield _error(f"{KIND}.{member}", problem)
    if declared.auth_method not in (*SECRETS_SENT, "none"):
        yield _error("auth_method", worded("cannot be used with a directory"))
    elif declared.auth_method == "none" and declared.ldap.get("bind_dn"):
        yield _error(f"{KIND}.bind_dn", worded("must be left out: it has no password"))
    elif declared.auth_method != "none" and not declared.ldap.get("bind_dn"):
        yield _error(f"{KIND}.bind_dn", worded("must be given: a password is of it"))


def _wrong_url(field: str, url: str) -> Iterator[FieldError]:
    """Yield why no secret is sent there, and no browser."""
    target = take_apart(url)
    if target is None or not current(Outbound).is_safe(target):
        yield _error(field, worded("must be an address that begins with https://"))
    elif field == "issuer" and target.parts.query:
        yield _error(field, worded("must have no question mark in it"))
    elif url.rstrip("/") == current(ServerSettings).issuer:
        yield _error(field, worded("belongs to this server itself"))


def _wrong_registration(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield what is wrong with what this server is at the provider."""
    if not _is_ascii_line(declared.client_id):
        yield _error("client_id", worded("must be given, as the provider shows it"))
    yield from _not_among("auth_method", declared.auth_method, known=AUTH_METHODS)
    apple = declared.auth_method == "apple"
    for field in ("key_id", "team_id"):
        value = getattr(declared, field)
        if value is None and apple:
            yield _error(field, worded("must be given"))
        elif value is not None and not _is_ascii_line(value):
            yield _error(field, _line_words())
    if declared.response_mode is not None:
        mode = declared.response_mode
        yield from _not_among("response_mode", mode, known=RESPONSE_MODES)
    yield from _wrong_scopes(declared)


def _wrong_scopes(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield why a provider cannot be asked for these scopes."""
    if not all(SCOPE.fullmatch(scope) for scope in declared.scopes):
        yield _error("scopes", worded("must be scope values (RFC 6749 §3.3)"))
    elif len(declared.scopes) > MAX_ENTRIES:
        yield _error("scopes", worded("must be at most %(most)s", most=MAX_ENTRIES))
    elif declared.kind == "oidc" and OPENID not in declared.scopes:
        yield _error("scopes", worded("must have openid among them"))


def _wrong_maps(
    declared: ProviderDeclaration, mapped: Collection[str]
) -> Iterator[FieldError]:
    """Yield what is wrong with what the provider says of users, and what it means."""
    ours = _our_names(declared, mapped)
    yield from _wrong_map("claims", declared.claims, key_is=ours.__contains__)
    if not declared.claims.get("sub"):
        yield _error("claims", worded("must say which claim is sub"))
    if declared.groups_claim is not None and not _is_line(declared.groups_claim):
        yield _error("groups_claim", _line_words())
    for field in ("groups", "organization_roles", "acr", "amr"):
        yield from _wrong_map(field, getattr(declared, field))
    yield from _wrong_map(
        "roles", declared.roles, value_is=frozenset(Role).__contains__
    )
    mapped = declared.groups or declared.roles or declared.organization_roles
    if mapped and declared.groups_claim is None:
        yield _error("groups_claim", worded("must be given"))


def _our_names(
    declared: ProviderDeclaration, mapped: Collection[str]
) -> frozenset[str]:
    """Return what of a user a claim can tell; attributes where one is named at all."""
    if not declared.attributes:
        return OUR_CLAIMS
    return OUR_CLAIMS | {f"{ATTRIBUTE}{key}" for key in (*read_definitions(), *mapped)}


def _wrong_map(
    field: str,
    value: Mapping[str, str],
    *,
    key_is: Callable[[str], bool] = lambda _key: True,
    value_is: Callable[[str], bool] = lambda _value: True,
) -> Iterator[FieldError]:
    """Yield why a field is no map of names to names."""
    if len(value) > MAX_ENTRIES:
        yield _error(field, worded("must be at most %(most)s", most=MAX_ENTRIES))
    for key, named in value.items():
        if not (_is_line(key) and key_is(key)):
            yield _error(field, worded("has no place for %(name)s", name=repr(key)))
        elif not (_is_line(named) and value_is(named)):
            yield _error(field, worded("cannot be %(name)s", name=repr(named)))


def _wrong_domains(
    declared: ProviderDeclaration, others: Mapping[str, str]
) -> Iterator[FieldError]:
    """Yield why addresses of these domains cannot be a provider's."""
    if len(declared.domains) > MAX_ENTRIES:
        yield _error("domains", worded("must be at most %(most)s", most=MAX_ENTRIES))
    for domain in declared.domains:
        if not DOMAIN.fullmatch(domain) or len(domain) > MAX_TEXT:
            hint = worded("must be domains like example.com")
            yield _error("domains", hint)
        elif domain in others:
            said = {"domain": domain, "provider": others[domain]}
            hint = worded("%(domain)s belongs to %(provider)s already", **said)
            yield _error("domains", hint)
    if declared.enforced and not declared.domains:
        yield _error("domains", worded("must be given: nobody else is sent there"))


def _wrong_ownership(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield what only a provider of an organization can be, or cannot."""
    if declared.organization_id is None:
        if declared.organization_roles:
            hint = worded("are given by a provider of an organization alone")
            yield _error("organization_roles", hint)
        if declared.private_networks:
            hint = worded("are said of a provider of an organization alone")
            yield _error("private_networks", hint)
        return
    if declared.domains:
        yield _error("domains", worded("are those of its organization"))
    if declared.enforced:
        yield _error("enforced", worded("is said at the domain of its organization"))
    if declared.roles:
        hint = worded("are not given by a provider of an organization")
        yield _error("roles", hint)


def _not_among(field: str, value: str, *, known: Iterable[str]) -> Iterator[FieldError]:
    """Yield that a value is none of those that there are."""
    if value not in known:
        yield _error(field, worded("must be one of %(known)s", known=", ".join(known)))


def _line_words() -> str:
    """Say what a name has to be."""
    return worded("must be a line of 1 to %(most)s characters", most=MAX_TEXT)


def _is_line(text: str) -> bool:
    """Tell whether this is a line of text to show."""
    return len(text) <= MAX_TEXT and name_flaw(text) is None


def _is_ascii_line(text: str) -> bool:
    """Tell whether this is what protocols take for an identifier."""
    return _is_line(text) and text.isascii() and text.isprintable()


def _is_secret(secret: str) -> bool:
    """Tell whether this can be a client secret (RFC 6749 appendix A.2)."""
    return secret.isascii() and secret.isprintable() and len(secret) <= MAX_SECRET


def _error(name: str, message: str) -> FieldError:
    """Return the error of one field."""
    return FieldError(name, CODE, message)
