"""/admin/clients/new: a client in three pages.

The answers travel in the address, so that Back works everywhere and nothing is kept
here until the last page is sent.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext
from wtforms.validators import DataRequired

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import (
    AppForm,
    MachineForm,
    NativeAppForm,
    ReviewForm,
    WebAppForm,
    choices,
    lines,
    named_so,
    open_form,
    show_errors,
)
from idp.admin.pages.frame import KIND_WORDS, admin_page
from idp.admin.pages.secret_page import lead_to_secret
from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.randomness import new_id
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.metadata.members import REDIRECT_FIELDS
from idp.oauth.clients.metadata.registration import InvalidClientMetadata, validate
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.registry import ClientIdTaken, Registered, register_client
from idp.oauth.clients.wizard import (
    FRAMEWORKS,
    OTHER,
    START_PAGE,
    Answers,
    metadata_for,
)
from idp.oauth.settings import OAuthSettings
from idp.web.browser.reauth_form import FIELD as HELD
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import in_words

bp = Blueprint("client_wizard", __name__, url_prefix="/admin/clients/new")
access.protect(bp, read=Permission.CLIENTS_WRITE, write=Permission.CLIENTS_WRITE)

FORMS: dict[Kind, type[AppForm]] = {
    Kind.WEB: WebAppForm,
    Kind.SPA: WebAppForm,
    Kind.NATIVE: NativeAppForm,
    Kind.DEVICE: AppForm,
    Kind.MACHINE: MachineForm,
}
STARTS_WITH = {"framework": OTHER.slug, "returns_by": "loopback", "refresh": True}


@bp.get("")
def show_kinds() -> Response:
    """Ask what kind of app it is."""
    return admin_page(
        "admin/clients/new_kind.html",
        kinds=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        chosen=request.args.get("kind", Kind.WEB.value),
    )


@bp.get("/app")
def show_description() -> Response:
    """Ask for the framework and the address."""
    kind = _asked_kind()
    return _app_page(kind, _app_form(kind)) if kind else _to_start()


@bp.get("/review")
def show_review() -> Response:
    """Show what the answers come to, to be corrected and sent."""
    kind = _asked_kind()
    if kind is None:
        return _to_start()
    form = _app_form(kind)
    answers = _read_answers(kind, form)
    if answers is None:
        return _app_page(kind, form)
    metadata = metadata_for(answers)
    form = open_form(ReviewForm, **_shown_values(metadata))
    form.spare_id.data = new_id()
    return _review_page(answers, form)


@bp.post("/review")
def submit_review() -> Response:
    """Register the client and lead on; sending the form twice makes one client."""
    kind = _asked_kind()
    answers = _read_answers(kind, _app_form(kind)) if kind else None
    if answers is None:
        return _to_start()
    form = ReviewForm()
    if not form.validate():
        return _review_page(answers, form)
    try:
        made = register_client(
            metadata_for(answers) | _sent_values(form, kind=answers.kind),
            client_id=form.client_id.data or form.spare_id.data or None,
            held=access.held_here(),
            by=get_session().user_id,
        )
    except InvalidClientMetadata as refusal:
        undo()
        if isinstance(refusal, ClientIdTaken) and not form.client_id.data:
            there = url_for("client_secrets.show_secret", client_id=form.spare_id.data)
            return redirect_to(there)
        show_errors(form, refusal.errors)
        return _review_page(answers, form)
    return _registered_page(made, framework=answers.framework)


def _asked_kind() -> Kind | None:
    """Return the kind in the address, None where it is missing or unknown."""
    kinds = {kind.value: kind for kind in FORMS}
    return kinds.get(request.args.get("kind", ""))


def _to_start() -> Response:
    """Lead to the first page."""
    return redirect_to(url_for(".show_kinds"))


def _app_form(kind: Kind) -> AppForm:
    """Return the second page's form with the answers in the address."""
    answered = request.args if "client_name" in request.args else None
    form = FORMS[kind](formdata=answered, data=STARTS_WITH)
    if isinstance(form, WebAppForm):
        form.framework.choices = [
            *(named_so(item.slug, item.title) for item in FRAMEWORKS[kind][:-1]),
            *choices([(OTHER.slug, lazy_gettext("Another one"))]),
        ]
    return form


def _read_answers(kind: Kind, form: AppForm) -> Answers | None:
    """Return the answers, or None after putting what is wrong beside the fields."""
    if not form.validate() or not _complete(form):
        return None
    given = {name: value for name, value in form.data.items() if value is not None}
    answers = Answers(kind, **given)
    try:
        validate(_judged(answers), issuer=current(ServerSettings).issuer)
    except InvalidClientMetadata as refusal:
        show_errors(form, (_beside(error, answers) for error in refusal.errors[:1]))
        return None
    return answers


def _complete(form: AppForm) -> bool:
    """Ask for what the chosen way back of a native app needs."""
    if not isinstance(form, NativeAppForm) or form.returns_by.data == "loopback":
        return True
    field = form.scheme if form.returns_by.data == "scheme" else form.base_url
    return bool(field.validate(form, [DataRequired()]))


def _judged(answers: Answers) -> dict[str, object]:
    """Return what the answers are judged by: a start page is where the app is, too."""
    return {n: v for n, v in metadata_for(answers).items() if n != START_PAGE}


def _beside(error: FieldError, answers: Answers) -> FieldError:
    """Return the error of a redirect URI beside the answer it was made from."""
    if error.field not in REDIRECT_FIELDS:
        return error
    by_scheme = answers.kind is Kind.NATIVE and answers.returns_by == "scheme"
    field = "scheme" if by_scheme else "base_url"
    return FieldError(field, error.code, error.message)


def _app_page(kind: Kind, form: AppForm) -> Response:
    """Render the second page."""
    return admin_page(
        "admin/clients/new_app.html",
        form=form,
        kind=kind.value,
        kind_words=KIND_WORDS[kind],
        back_url=url_for(".show_kinds", kind=kind.value),
    )


def _review_page(answers: Answers, form: ReviewForm) -> Response:
    """Render the third page."""
    answered = {k: v for k, v in request.args.items() if k != HELD}
    query = urlencode(answered)
    return admin_page(
        "admin/clients/new_review.html",
        form=form,
        kind=answers.kind,
        kind_words=KIND_WORDS[answers.kind],
        interval_seconds=current(OAuthSettings).device_interval_seconds,
        metadata=metadata_for(answers),
        warnings=[in_words(text) for text in warnings_of(metadata_for(answers))],
        send_url=f"{url_for('.show_review')}?{query}",
        back_url=f"{url_for('.show_description')}?{query}",
    )


def _shown_values(metadata: dict[str, object]) -> dict[str, object]:
    """Return metadata as the fields of the third page show it."""
    several = {
        name: "\n".join(metadata.get(name, []))  # type: ignore[arg-type]
        for name in REDIRECT_FIELDS
    }
    return {
        "client_name": metadata["client_name"],
        "scope": metadata["scope"],
        **several,
    }


def _sent_values(form: ReviewForm, *, kind: Kind) -> dict[str, object]:
    """Return the metadata in the fields of the third page."""
    values = {"client_name": form.client_name.data, "scope": form.scope.data or ""}
    if not kind.redirected:
        return values
    return values | {name: lines(form[name].data) for name in REDIRECT_FIELDS}


def _registered_page(made: Registered, *, framework: str) -> Response:
    """Lead to the new client's secret, or to its page when it has none."""
    if made.client_secret is not None:
        return lead_to_secret(
            made.client_id, made.client_secret, framework=framework, new_client=True
        )
    there = url_for(
        "client_setup.show_setup", client_id=made.client_id, target=framework, made=1
    )
    return redirect_to(there)
