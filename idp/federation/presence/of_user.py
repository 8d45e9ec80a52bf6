"""What the directory of one user says of them: is it their password, are they there."""

from datetime import timedelta

from idp.accounts.access.permissions import Role
from idp.accounts.models import User
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.policies.ways import may_use
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.core.clock import utcnow
from idp.core.db import undo_if_used
from idp.federation.ldap.asking import DirectoryFailed
from idp.federation.ldap.disabled import is_disabled
from idp.federation.ldap.settings import directory_of
from idp.federation.ldap.subjects import find_by_subjects, verify_subject
from idp.federation.links.rows import list_links
from idp.federation.presence.marks import WatchedLink, mark_gone, mark_there
from idp.federation.providers.offered import list_directories
from idp.federation.providers.provider import Provider

JUST_NOW = timedelta(minutes=1)


def judges_password(user: User) -> bool:
    """Tell whether a directory has a password of a user, which counts here."""
    if not _links_of(user):
        return False
    return may_use(PROVIDER, user_id=user.id, roles=user.roles, email=user.email)


def verify_password(user: User, password: str) -> bool:
    """Tell whether a directory says that this is a user's password.

    Nothing may be written before. Raises DirectoryAway.
    """
    away = None
    found = _links_of(user)
    undo_if_used()  # no connection is held while a directory is asked
    for provider, link in found:
        try:
            directory = directory_of(provider)
            if verify_subject(directory, link.subject, password=password):
                return True
        except DirectoryFailed:
            away = provider
    if away:
        raise DirectoryAway(away.name)
    return False


def is_there(user: User) -> bool:
    """Tell whether a user may sign in who comes by a way that no directory sees.

    Who is gone or disabled there is shut out now. A directory that is away says
    nothing. Without a directory it costs no statement; nothing may be written before.
    """
    now = utcnow()
    found = [] if Role.OWNER in user.roles else _links_of(user)
    seen = (link.checked_at for _, link in found if link.gone_at is None)
    if not found or any(at and now - at < JUST_NOW for at in seen):
        return True
    undo_if_used()  # no connection is held while a directory is asked
    gone = []
    for provider, link in found:
        if not _is_gone(provider, link):
            mark_there([link], now=now)
            return True
        gone.append(link)
    shut_out = [mark_gone(link, now=now) for link in gone]
    return not any(shut_out)


def _is_gone(provider: Provider, link: WatchedLink) -> bool:
    """Tell whether a directory says that it has nobody any more for a link."""
    try:
        entries = find_by_subjects(directory_of(provider), [link.subject])
    except DirectoryFailed:
        return False
    entry = entries.get(link.subject.casefold())
    return entry is None or is_disabled(entry, now=utcnow())


def _links_of(user: User) -> list[tuple[Provider, WatchedLink]]:
    """Return the directories that are asked for a user, and as whom."""
    directories = {each.id: each for each in list_directories()}
    if not directories:
        return []
    return [
        (directories[link.provider_id], WatchedLink.of(link))
        for link in list_links(user.id)
        if link.provider_id in directories
    ]
