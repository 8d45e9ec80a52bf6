"""An organization and its domain, as the program of its owner sees them."""

from tests.api.callers import Program
from tests.organizations.domains.name_server import NameServer

DOMAIN = "corp.example"


class Owned:
    """An organization and its domain, as the program of its owner sees them."""

    def __init__(self, program: Program, path: str, *, names: NameServer) -> None:
        self.program = program
        self.path = f"{path}/domains"
        self.id = path.rpartition("/")[2]
        self.names = names

    def add(self, domain: str = DOMAIN) -> dict:
        """Name a domain."""
        answer = self.program.post(self.path, {"domain": domain})
        assert answer.status_code == 201, answer.text
        return answer.json

    def publish(self, domain: dict) -> None:
        """Put the record in the DNS."""
        self.names.texts[domain["record"]["name"]] = [
            "v=spf1 -all",
            domain["record"]["value"],
        ]

    def verify(self, domain: str = DOMAIN, **body: str):
        """Ask for the proof."""
        asked = {"method": "dns"} | body
        return self.program.post(f"{self.path}/{domain}/verify", asked)

    def own(self, domain: str = DOMAIN) -> dict:
        """Name and prove a domain."""
        self.publish(self.add(domain))
        answer = self.verify(domain)
        assert answer.status_code == 200, answer.text
        return answer.json

    def shown(self) -> list[dict]:
        """What is listed."""
        return self.program.get(self.path).json
