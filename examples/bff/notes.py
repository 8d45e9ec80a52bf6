"""The API: notes of whom an access token names, in memory."""

from collections import defaultdict

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from idp_rp.resource_server import NoAccess, ResourceServer

RESOURCE = "urn:example:notes"
READ, WRITE = "notes:read", "notes:write"


def create_api(tokens: ResourceServer) -> Flask:
    """Build the API, which takes the tokens of one issuer."""
    api = Flask(__name__)
    notes: dict[str, list[str]] = defaultdict(list)

    def listed() -> ResponseReturnValue:
        caller = tokens.caller(request.headers.get("Authorization"), scope=READ)
        return jsonify(notes[caller.sub])

    def added() -> ResponseReturnValue:
        caller = tokens.caller(request.headers.get("Authorization"), scope=WRITE)
        body = request.get_json()
        notes[caller.sub].append(str(body["text"])[:200])
        return jsonify(notes[caller.sub]), 201

    api.add_url_rule("/notes", view_func=listed)
    api.add_url_rule("/notes", view_func=added, methods=["POST"])
    api.register_error_handler(NoAccess, _refused)
    return api


def _refused(error: NoAccess) -> ResponseReturnValue:
    challenge = {"WWW-Authenticate": error.challenge} if error.challenge else {}
    return Response(status=error.status, headers=challenge)
