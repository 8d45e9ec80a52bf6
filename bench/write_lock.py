"""How long a sign-up holds SQLite's write lock: CPU from its first write to its commit.

A write lock is the whole server's, so what runs under it bounds all sign-ups together.
Run with ``python -m bench.write_lock``; it starts no server.
"""

import logging
import statistics
import tempfile
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from idp.app import create_app
from idp.core.connections import Database
from idp.core.context import current
from idp.core.db import db
from idp.oauth.keys import rotation
from idp.ops.configuration import configure
from idp.ops.database import upgrade_database

SIGN_UPS = 60
WRITES = ("INSERT", "UPDATE", "DELETE")


class Held:
    """Adds up CPU between the first write of a transaction and its end."""

    def __init__(self, app: Flask) -> None:
        self.began: float | None = None
        self.milliseconds: list[float] = []
        with app.app_context():
            engine = current(Database).engine
        event.listen(engine, "before_cursor_execute", self.execute)
        event.listen(engine, "commit", self.commit)

    def execute(self, *told: object) -> None:
        """Note the first write."""
        if self.began is None and str(told[2]).startswith(WRITES):
            self.began = time.thread_time()

    def commit(self, _connection: object) -> None:
        """Note the end."""
        if self.began is not None:
            self.milliseconds.append((time.thread_time() - self.began) * 1000)
        self.began = None


def main() -> None:
    """Sign up some accounts and print what they held."""
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = application(Path(folder))
        http, held = app.test_client(), Held(app)
        longest = [sign_up(http, held, number=number) for number in range(SIGN_UPS)]
    median, worst = statistics.median(longest), max(longest)
    print(
        f"sign-up, first write to commit: median {median:.2f} ms, most {worst:.2f} ms"
    )


def application(folder: Path) -> Flask:
    """Return an app on an empty database."""
    url = f"sqlite:///{folder}/idp.sqlite3"
    upgrade_database(url)
    settings = {
        "IDP_ISSUER": "https://idp.example",
        "IDP_DATABASE_URL": url,
        "IDP_DATA_DIR": str(folder),
        "IDP_SECRET_KEY": "x" * 40,
        "IDP_MAIL_URL": f"file://{folder}/mail.jsonl",
        "IDP_RATELIMIT_REGISTRATION_IP": "off",
    }
    app = create_app(configure(settings))
    with app.app_context():
        rotation.ensure_keys("ES256")
        db.session.commit()
    return app


def sign_up(http, held: Held, *, number: int) -> float:
    """Make an account; return the longest transaction of it."""
    held.milliseconds.clear()
    account = {
        "email": f"new{number}@example.com",
        "password": "correct horse battery staple",
        "name": "Ada Lovelace",
    }
    where = {"base_url": "https://idp.example", "environ_base": address(number)}
    answer = http.post("/auth/register", json=account, **where)
    assert answer.status_code == 201, answer.text
    return max(held.milliseconds)


def address(number: int) -> dict[str, str]:
    """Return who calls: each account from a network of its own."""
    return {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}


if __name__ == "__main__":
    main()
