"""A site on loopback, in a thread: what a browser or another program reaches."""

from threading import Thread

from flask import Flask
from werkzeug.serving import make_server


class Site:
    """A site whose app comes when its address is known."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.server = make_server("localhost", 0, self.answer, threaded=True)
        self.url = f"http://localhost:{self.server.port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, environ, start_response):
        return self.app(environ, start_response)

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()
