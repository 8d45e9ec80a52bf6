"""A new password that operators have a user set: by a link, or at the next sign-in."""

from idp.accounts.models import User
from idp.accounts.password.held_mail import ResetMailHeld, is_held
from idp.accounts.password.reset import issue_unmailed, link_with, send_link
from idp.accounts.sign_in.links import HandedLink, notify_of_link, require_active
from idp.accounts.sign_in.ways.managed import refuse_managed
from idp.security import audit
from idp.security.requester import Requester


def mail_reset_link(
    user: User, *, by: str, may_lift: bool, requester: Requester
) -> None:
    """Mail a user the link because somebody else wants that.

    Raises NotInUse, UserPasswordManaged, and ResetMailHeld unless the operator may do
    that too.
    """
    require_active(user)
    refuse_managed(user)
    if is_held(user) and not may_lift:
        raise ResetMailHeld
    send_link(user, to=user.email, return_to="", requester=requester)
    audit.record("password.reset.requested", user_id=user.id, by=by)


def issue_reset_link(user: User, *, by: str) -> HandedLink:
    """Make a link for an operator to hand to a user who lost the password.

    The user is mailed that. It proves no address; an older link to a new password is
    void. Raises NotInUse and UserPasswordManaged.
    """
    require_active(user)
    refuse_managed(user)
    issued = issue_unmailed(user, return_to="")
    audit.record("password.reset.requested", user_id=user.id, by=by)
    notify_of_link(user)
    return HandedLink(link_with(issued.token), issued.expires_at)


def set_must_change(user: User, wanted: bool) -> None:
    """Ask a user for a new password at the next sign-in, or no more.

    Raises UserPasswordManaged for one whose password is not set here.
    """
    if wanted:
        refuse_managed(user)
    user.must_change_password = wanted
