"""``make example-bff``: the app and its API beside the server of ``make run``."""

import argparse
import logging
import sys
from tempfile import TemporaryDirectory
from threading import Thread

from flask import Flask
from sqlalchemy import create_engine
from werkzeug.serving import make_server

from examples.bff.app import create_app, settings_of
from examples.bff.notes import RESOURCE, create_api
from examples.bff.registration import CLIENT_ID, NoServer, register
from idp_rp import Bff
from idp_rp.resource_server import ResourceServer
from idp_rp.sessions.stores.sql import SqlStore


def main() -> None:
    """Register at the server, then serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m examples.bff", description=__doc__)
    parser.add_argument("--issuer", default="http://localhost:8000")
    parser.add_argument("--port", type=int, default=8002, help="the API has the next")
    options = parser.parse_args()
    base_url = f"http://localhost:{options.port}"
    api_url = f"http://localhost:{options.port + 1}"
    print("  Registering the app and its API at the server", flush=True)
    try:
        secret = register(base_url)
    except NoServer as error:
        sys.exit(f"{error}\nIs the server there? Start it with: make run")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    settings = settings_of(
        issuer=options.issuer,
        client_id=CLIENT_ID,
        client_secret=secret,
        base_url=base_url,
        api_url=api_url,
    )
    tokens = ResourceServer(options.issuer, resource=RESOURCE)
    with TemporaryDirectory() as folder:
        store = SqlStore(create_engine(f"sqlite:///{folder}/sessions.sqlite3"))
        store.create_tables()
        app, api = create_app(Bff(settings, store=store)), create_api(tokens)
        _serve(app, port=options.port, beside=(api, options.port + 1))


def _serve(app: Flask, *, port: int, beside: tuple[Flask, int]) -> None:
    api, api_port = beside
    with (
        make_server("localhost", api_port, api, threaded=True) as second,
        make_server("localhost", port, app, threaded=True) as first,
    ):
        Thread(target=second.serve_forever, daemon=True).start()
        print(f"  Notes  http://localhost:{port}", flush=True)
        try:
            first.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
