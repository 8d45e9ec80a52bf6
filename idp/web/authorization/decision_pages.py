"""Which page of ours settles what an authorization request still needs."""

from urllib.parse import urlencode

from idp.accounts.sign_in.stages import stage_url
from idp.oauth.authorization.decision import Need, NeedsChoice, NeedsLogin, NeedsStage


def page_for(need: Need, *, return_to: str) -> str:
    """Return the path of the page, which comes back to ``return_to``."""
    if isinstance(need, NeedsStage):
        return stage_url(need.stage, return_to)
    path = "/consent"
    if isinstance(need, NeedsChoice):
        path = "/login/select"
    elif isinstance(need, NeedsLogin):
        path = "/register" if need.create else "/login"
    return f"{path}?{urlencode({'return_to': return_to})}"
