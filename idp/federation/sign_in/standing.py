"""What a provider's word means here: groups, roles if an owner said so, attributes.

That of an organization makes members of it, and gives them roles there.

What a claim gave goes at the next sign-in without it. Groups, roles and attributes that
no entry of the operator names are left alone.
"""

from collections.abc import Collection, Mapping

from idp.accounts.access.permissions import Permission
from idp.accounts.access.roles import LastOwner, change_roles
from idp.accounts.groups.members import add_member, remove_member
from idp.accounts.groups.registry import find_group
from idp.accounts.models import User
from idp.accounts.profile.attributes.told import follow_told
from idp.core.db import db
from idp.federation.providers.provider import Provider
from idp.federation.upstream.identity import UpstreamIdentity
from idp.organizations.domains.joining import join_once
from idp.organizations.followed_roles import follow_roles
from idp.security import audit

EVERYTHING = frozenset(Permission)


def apply_standing(
    user: User, identity: UpstreamIdentity, *, provider: Provider
) -> None:
    """Give a user the groups, roles and attributes that a provider tells of now.

    Of an organization's own provider also the membership, and no attribute that
    operators alone write.
    """
    _apply_groups(user, identity, provider=provider)
    _apply_membership(user, identity, provider=provider)
    if provider.attributes and provider.organization_id is None:
        by, mapped = f"provider:{provider.id}", provider.attributes
        follow_told(user, identity.attributes, mapped=mapped, by=by)


def _apply_groups(
    user: User, identity: UpstreamIdentity, *, provider: Provider
) -> None:
    """Put a user where the provider's groups say, and take them out of the others."""
    if provider.groups_claim is None:
        return
    for name, belongs in _meant(provider.groups, identity.groups).items():
        group = find_group(name)
        if group is None:
            continue
        by = f"provider:{provider.id}"
        if belongs:
            add_member(group, user, by=by)
        else:
            remove_member(group, user.id, by=by)
    if provider.roles:
        _apply_roles(user, _meant(provider.roles, identity.groups))


def _apply_membership(
    user: User, identity: UpstreamIdentity, *, provider: Provider
) -> None:
    """Make a user a member of the provider's organization, with the roles it tells of.

    Whose address nobody has proven waits until then.
    """
    organization_id = provider.organization_id
    if organization_id is None or user.email_verified_at is None:
        return
    join_once(organization_id, user.id)
    if provider.groups_claim and provider.organization_roles:
        meant = _meant(provider.organization_roles, identity.groups)
        follow_roles(organization_id, user.id, meant=meant, by=provider.id)


def _meant(mapped: Mapping[str, str], told: Collection[str]) -> dict[str, bool]:
    """Return what each entry stands for, and whether the provider told of it."""
    meant: dict[str, bool] = dict.fromkeys(mapped.values(), False)
    for theirs, ours in mapped.items():
        meant[ours] = meant[ours] or theirs in told
    return meant


def _apply_roles(user: User, meant: Mapping[str, bool]) -> None:
    """Give and take roles; the last owner stays one."""
    give = {role for role, held in meant.items() if held}
    take = meant.keys() - give
    before = sorted(user.roles)
    if before == sorted({*before, *give} - take):
        return
    try:
        change_roles(user, give=give, take=take, held=EVERYTHING)
    except LastOwner:
        user.roles = before
        db.session.flush()
        return
    audit.record(
        "admin.action",
        action="roles.set",
        subject=user.id,
        before={"roles": before},
        after={"roles": user.roles},
    )
