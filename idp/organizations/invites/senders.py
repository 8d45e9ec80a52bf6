"""Whether who sent an invite may still give what it gives: asked when it is used.

A role may have gone since, with which the invite would bring it back.
"""

from idp.accounts.access.permissions import Permission, permissions_of
from idp.accounts.models import UserStatus
from idp.accounts.users import find_user
from idp.organizations.access import Actor, may
from idp.organizations.models import Invite, Organization
from idp.organizations.rights import rights_to_invite


def sender_may(invite: Invite, organization: Organization | None) -> bool:
    """Tell whether an invite that a user sent is still theirs to give.

    What a program or the operator of the machine sent stays so.
    """
    if invite.invited_by is None:
        return True
    sender = find_user(invite.invited_by)
    if sender is None or sender.status != UserStatus.ACTIVE:
        return False
    actor = Actor(sender.id, permissions_of(sender.roles))
    if organization is None:
        return Permission.INVITES in actor.permissions
    needed = rights_to_invite(invite.roles.split())
    return all(may(organization, right, actor=actor) for right in needed)
