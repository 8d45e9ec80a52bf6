"""The app for another WSGI server: ``gunicorn --threads 4 idp.wsgi:app``.

Only the web part: run ``idp db upgrade`` before it and ``idp worker`` beside it.
"""

import os

from idp.app import create_app
from idp.ops.configuration import configure_command
from idp.ops.processes.cache_watch import WatchedApp

app = create_app(configure_command(os.environ))
app.wsgi_app = WatchedApp(app)  # type: ignore[method-assign]
