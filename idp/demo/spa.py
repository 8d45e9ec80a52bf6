"""The page of the single-page app; everything else happens in the browser."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from idp.demo.experiments import EXPERIMENTS

bp = Blueprint("spa", __name__, url_prefix="/spa")


@bp.get("")
@bp.get("/callback")
def page() -> ResponseReturnValue:
    """Serve one page for both addresses; its script reads the answer from the URL."""
    return render_template("spa.html", experiments=EXPERIMENTS.values())
