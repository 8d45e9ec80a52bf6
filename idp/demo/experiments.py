"""The "break it" buttons: requests that a sound issuer, or this client, refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One fault made on purpose, and what a person should then see.

    ``overrides`` replace parameters of the authorization request; an empty value
    leaves the parameter out. The faults at the token endpoint have none.
    """

    name: str
    label: str
    expected: str
    overrides: Mapping[str, str]

    def spoil(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Return the authorization request with this experiment's fault in it."""
        spoiled = {**parameters, **self.overrides}
        return {name: value for name, value in spoiled.items() if value}


WRONG_VERIFIER: Final = "wrong-verifier"
REUSED_CODE: Final = "reused-code"

EXPERIMENTS: Final = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            name="wrong-redirect-uri",
            label="Wrong redirect_uri",
            expected=(
                "The issuer shows its own error page and does not send you back, "
                "because it must never redirect to an address nobody registered."
            ),
            overrides={"redirect_uri": "https://attacker.example/callback"},
        ),
        Experiment(
            name="unknown-client",
            label="Unknown client",
            expected=(
                "The issuer shows its own error page and does not send you back, "
                "because it cannot know whose address that would be."
            ),
            overrides={"client_id": "nobody-registered-this"},
        ),
        Experiment(
            name="missing-pkce",
            label="Missing PKCE",
            expected=(
                "The issuer sends you back at once with the error invalid_request, "
                "because a code without a challenge could be used by a thief."
            ),
            overrides={"code_challenge": "", "code_challenge_method": ""},
        ),
        Experiment(
            name="tampered-state",
            label="Tampered state",
            expected=(
                "You sign in, and then this app refuses the answer, "
                "because it began no sign-in with that state."
            ),
            overrides={"state": "tampered"},
        ),
        Experiment(
            name=WRONG_VERIFIER,
            label="Wrong code_verifier",
            expected=(
                "You sign in, and then the token endpoint answers invalid_grant, "
                "because the verifier does not match the challenge."
            ),
            overrides={},
        ),
        Experiment(
            name=REUSED_CODE,
            label="Reused code",
            expected=(
                "You sign in, the code is redeemed once, and the second redemption "
                "is answered invalid_grant, because a code works exactly once."
            ),
            overrides={},
        ),
    )
}
