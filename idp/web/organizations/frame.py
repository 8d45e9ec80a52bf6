"""What the pages of members and of the console share about one organization."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext, lazy_gettext

from idp.core.errors import IdpError
from idp.core.paging import Page
from idp.organizations.access import Actor, may, open_organization
from idp.organizations.member_list import count_members
from idp.organizations.memberships import roles_in
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.json.paging import PageQuery
from idp.web.organizations.forms import ROLE_WORDS
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import PERSONAL_ORGANIZATION, title_of

PAGE_SIZE = 25
LONGEST_CURSOR = 1000
LONGEST_SEARCH = 255
TOLD = {
    "created": lazy_gettext("The organization is there."),
    "saved": lazy_gettext("Saved."),
    "added": lazy_gettext("They are a member now."),
    "changed": lazy_gettext("Their roles are as you chose, from now on."),
    "removed": lazy_gettext("They are no member any more."),
    "transferred": lazy_gettext("It is theirs now."),
    "role": lazy_gettext("The role is saved. Apps read it in the next tokens."),
    "role_gone": lazy_gettext("The role is gone, and nobody has it any more."),
    "deleted": lazy_gettext("The organization is out of use and will be erased."),
    "kept": lazy_gettext("The organization stays."),
    "provider_added": lazy_gettext(
        "Added. Register the address below at the provider, if you have not yet."
    ),
    "provider_deleted": lazy_gettext(
        "The provider is deleted, and with it all links to it."
    ),
    "domain_added": lazy_gettext("Added. Now prove that the domain is yours."),
    "domain_verified": lazy_gettext("The domain is verified."),
    "domain_mailed": lazy_gettext(
        "The message is on its way. Its link works for a day."
    ),
    "domain_removed": lazy_gettext("The domain is removed."),
}


@dataclass(frozen=True)
class Face:
    """Where pages about organizations stand, and who acts there."""

    home: str
    render: Callable[..., Response]
    actor: Callable[[], Actor]

    def path(self, organization: Organization, *parts: str) -> str:
        """Return the path of a page about an organization."""
        return "/".join((self.home, organization.id, *parts))

    def back(self, organization: Organization, *parts: str, done: str) -> Response:
        """Lead to a page about an organization, which says what was done."""
        return redirect_to(f"{self.path(organization, *parts)}?done={done}")

    def open(self, organization_id: str, right: Right = Right.READ) -> Organization:
        """Return an organization for who may do this; raises what the rule does."""
        return open_organization(organization_id, actor=self.actor(), right=right)

    def rights(self, organization: Organization) -> set[str]:
        """Return what who looks may do there."""
        actor = self.actor()
        return {r.value for r in Right if may(organization, r, actor=actor)}

    def show(
        self, template: str, organization: Organization, **context: Any
    ) -> Response:
        """Render one of the pages about an organization."""
        actor = self.actor()
        return self.render(
            template,
            organization=organization,
            name=name_of(organization),
            home=self.home,
            here=self.path(organization),
            rights=self.rights(organization),
            mine=roles_in(organization, actor.user_id),
            count=count_members(organization),
            role_words=ROLE_WORDS,
            **{"told": TOLD.get(request.args.get("done", "")), **context},
        )


def name_of(organization: Organization) -> str:
    """Return what an organization is called on pages."""
    return organization.name or str(PERSONAL_ORGANIZATION)


def refused(refusal: IdpError) -> str:
    """Undo what was begun, and return what a page says of a refusal."""
    undo()
    return title_of(refusal)


def asked_page() -> PageQuery:
    """Return which page of a list is asked for."""
    cursor = request.args.get("cursor", "")[:LONGEST_CURSOR] or None
    return PageQuery(limit=PAGE_SIZE, cursor=cursor)


def asked_text(name: str) -> str:
    """Return what the address says to look for; PostgreSQL takes no NUL."""
    text = request.args.get(name, "").replace("\0", "\ufffd")
    return text.strip()[:LONGEST_SEARCH]


def page_urls(
    here: str, found: Page[Any], *, asked: PageQuery, filters: Mapping[str, str]
) -> dict[str, str | None]:
    """Return where a list goes on and back, and its beginning if this is not it."""

    def url_at(**more: str) -> str:
        values = {k: v for k, v in {**filters, **more}.items() if v}
        return f"{here}?{urlencode(values)}" if values else here

    following, before = found.next_cursor, found.previous_cursor
    begun = before or (asked.cursor and not found.items)
    return {
        "next_url": url_at(cursor=following) if following else None,
        "previous_url": url_at(cursor=before) if before else None,
        "first_url": url_at() if begun else None,
    }


def no_such_name() -> str:
    """Return what is said of a confirmation that is not the name."""
    words: str = gettext("Type the name exactly as it stands above.")
    return words
