"""/admin/branding/preview: the true pages, in a look that is typed and not kept."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, make_response

from idp.accounts.access.permissions import Permission
from idp.administration.branding.changes import (
    InvalidBranding,
    NewLogo,
    Which,
    checked,
)
from idp.core.branding.instance import InstanceBranding, instance_branding
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.core.pictures.names import TYPES
from idp.mail.rendering import sample_mail
from idp.pages.account.home import show_account
from idp.pages.continuation import HOME, Continuation
from idp.pages.forms import LoginForm
from idp.pages.sign_in.login import Step, login_page
from idp.pages.sign_in.registration import empty_sign_up_page
from idp.web.branding.form import (
    ACCOUNT,
    MAIL,
    SIGN_IN,
    SIGN_UP,
    InstanceBrandingForm,
    sent_logos,
    typed_branding,
)
from idp.web.callers import access
from idp.web.http.uploads import takes_files
from idp.web.i18n import page_lang
from idp.web.pages import preview_branding

# Of a mail the styles are inline; nothing in the frame runs or can be sent.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
IN_OUR_FRAME = "frame-ancestors 'self'; sandbox"

bp = Blueprint("branding_preview", __name__)
# It keeps nothing, so it wants no proof of the last minutes.
access.protect(
    bp, read=Permission.SETTINGS_READ, write=Permission.BRANDING, proof=False
)


@dataclass(frozen=True)
class _Previewed(InstanceBranding):
    """A look whose new logos are no files of ours yet: they stand in the page."""

    pictures: Mapping[str, str | None] | None = None

    @property
    def logo_url(self) -> str | None:
        """Return the logo of light pages."""
        return (self.pictures or {}).get("logo", super().logo_url)

    @property
    def dark_logo_url(self) -> str | None:
        """Return the logo of dark pages."""
        return (self.pictures or {}).get("dark_logo", super().dark_logo_url)


@bp.post("/admin/branding/preview")
@takes_files(2 * MAX_UPLOAD_BYTES)
def show_branding_preview() -> Response:
    """Show one of the pages in the look that was typed."""
    form = InstanceBrandingForm()
    logos, _mistakes = sent_logos(form)
    shown = _previewed(typed_branding(form), logos)
    preview_branding(shown, theme=form.theme.data)
    render = PAGES.get(form.shown.data or "", _sign_in_page)
    response = render(shown)
    policy = response.headers["Content-Security-Policy"]
    before = policy.partition("; frame-ancestors")[0]
    pictures = before.replace("img-src 'self'", "img-src 'self' data:")
    response.headers["Content-Security-Policy"] = f"{pictures}; {IN_OUR_FRAME}"
    return response


def _previewed(
    typed: InstanceBranding, logos: Mapping[Which, NewLogo]
) -> InstanceBranding:
    """Return the look; what cannot be so is left out while somebody types it."""
    try:
        look = checked(typed)
    except InvalidBranding as refusal:
        wrong = {error.field for error in refusal.errors}
        links = {n: uri for n, uri in typed.links.items() if n not in wrong}
        plain = dict.fromkeys(wrong & {"name", "colour"})
        look = checked(replace(typed, links=links, **plain))
    kept = instance_branding()
    pictures: dict[str, str | None] = {}
    for which, new in logos.items():
        pictures[which] = _inline(new)
    return _Previewed(
        look.name, look.colour, kept.logo, kept.dark_logo, look.links, pictures
    )


def _inline(new: NewLogo) -> str | None:
    """Return a picture as an address that holds it."""
    if new.logo is None:
        return None
    content = b64encode(new.logo.content).decode()
    return f"data:{TYPES[new.logo.extension]};base64,{content}"


def _sign_in_page(_look: InstanceBranding) -> Response:
    """Return the page where people sign in."""
    return login_page(LoginForm(formdata=None), Continuation(HOME), step=Step.BOTH)


def _sign_up_page(_look: InstanceBranding) -> Response:
    """Return the page where people sign up, or which says that they cannot."""
    return empty_sign_up_page(Continuation(HOME))


def _account_page(_look: InstanceBranding) -> Response:
    """Return the first page of the account of who looks."""
    return make_response(show_account())


def _mail(look: InstanceBranding) -> Response:
    """Return the HTML of a mail."""
    response = make_response(sample_mail(look, language=page_lang()))
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


PAGES: Mapping[str, Callable[[InstanceBranding], Response]] = {
    SIGN_IN: _sign_in_page,
    SIGN_UP: _sign_up_page,
    ACCOUNT: _account_page,
    MAIL: _mail,
}
