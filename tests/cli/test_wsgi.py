"""The app under another WSGI server."""

import os
import subprocess
import sys


def test_the_app_can_be_imported_and_answers(database_url):
    environ = {
        "PATH": os.environ["PATH"],
        "IDP_ISSUER": "https://login.example.com",
        "IDP_SECRET_KEY": "a-secret-of-at-least-thirty-two-characters",
        "IDP_MAIL_URL": "smtp://localhost:25",
        "IDP_DATABASE_URL": database_url,
    }
    code = (
        "from idp.wsgi import app; answer = app.test_client().get('/readyz');"
        "print(answer.json['checks'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("{'database': 'ok', 'migrations': 'ok'")


def test_python_m_idp_is_the_command():
    command = [sys.executable, "-m", "idp", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("idp, version ")
