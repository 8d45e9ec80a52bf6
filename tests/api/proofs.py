"""Callers whose proof of who they are grows old, and who prove it once more."""

from tests.api.callers import bearer

CONFIRM = "/account/confirm"


def eleven_minutes(caller, clock):
    """Let the last proof grow old; a program gets a new token of its session."""
    clock.tick(minutes=11)
    token = caller.answer.get("refresh_token")
    if token:
        caller.answer = caller.post("/auth/refresh", {"refresh_token": token}).json
        caller.headers = bearer(caller.answer)


def confirm(caller, **shown):
    """Confirm; a program shows the new token from then on."""
    answer = caller.post(CONFIRM, shown)
    if caller.headers and "access_token" in answer.json:
        caller.headers = bearer(answer.json)
    return answer
