"""``idp explain --server``."""

from idp.cli import explain
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of


@by_server(explain.command)
def _explain(server: Server, *, reference: str, as_json: bool) -> None:
    told = server.get(f"/api/admin/refusals/{segment(reference)}")
    told["at"] = seconds_of(told["at"])
    explain.print_explanation(told, as_json=as_json)
