"""Several callers who finish a sign-in at one moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.api.callers import Program

ROUNDS, CALLERS = 5, 4


def at_once(app, bodies, *, path="/auth/login/2fa", method="POST", headers=None):
    """Send each body by a caller of its own, all at one moment; return the answers.

    Without a path each body comes with its own.
    """
    start = Barrier(len(bodies))

    def send(body):
        caller = Program(app.test_client(use_cookies=False))
        caller.headers = headers or {}
        to, sent = (path, body) if path else body
        start.wait()
        return caller.send(method, to, sent)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def finished(answers):
    return sum("access_token" in answer.json for answer in answers)
