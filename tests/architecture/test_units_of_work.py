"""Who may commit: mechanisms, jobs and commands; never a rule or a view."""

import ast

from tests.architecture.sources import ROOT, modules

# Where a unit of work ends, each with the reason.
ENDS_UNITS_OF_WORK = {
    "idp/core/db.py": "the mechanism",
    "idp/core/connections.py": "the mechanism",
    "idp/core/pool/rest.py": "ends the transaction of its question",
    "idp/core/outbox.py": "jobs that deliver: a claim lasts, whatever becomes of it",
    "idp/web/unit_of_work.py": "requests to views",
    "idp/web/callers/bearer.py": "a key was used, also where what follows is refused",
    "idp/web/machine/programs.py": "requests to endpoints of programs",
    "idp/accounts/lifecycle/deletion.py": "a job: one account at a time",
    "idp/accounts/lifecycle/approvals.py": "a job: one account at a time",
    "idp/accounts/jobs.py": "a job: one table at a time",
    "idp/accounts/mail_answers.py": "a job: one request for a mail at a time",
    "idp/federation/discovery_url.py": "no connection is held on the network",
    "idp/federation/trial.py": "no connection is held on the network",
    "idp/federation/preview.py": "no connection is held on the network",
    "idp/federation/presence/of_user.py": "no connection is held on the network",
    "idp/federation/presence/watch.py": "a job: one answer of a directory at a time",
    "idp/federation/sign_in/by_password.py": "no connection is held on the network",
    "idp/core/pool/postgresql.py": "the driver's own, which probes are told of",
    "idp/mail/delivery.py": "a job: no connection is held on the network",
    "idp/mail/jobs.py": "a job",
    "idp/organizations/domains/renewal.py": "a job: one domain at a time",
    "idp/organizations/domains/verification.py": "no connection is held on the network",
    "idp/organizations/lifecycle/deletion.py": "a job: one organization at a time",
    "idp/oauth/jobs.py": "a job",
    "idp/oauth/token_endpoint/assertions.py": "a spent assertion stays spent",
    "idp/oauth/logout/delivery.py": "a job: no connection is held on the network",
    "idp/oauth/logout/trial.py": "no connection is held on the network",
}
COMMANDS_AND_JOBS = ("idp/cli/", "idp/ops/", "idp/demo/")
ENDING = {"commit", "rollback", "commit_if_used", "undo_if_used"}


def ends_units(source: str) -> bool:
    """Tell whether a module commits or rolls back."""
    calls = (n.func for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    names = {
        f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls
    }
    return bool(names & ENDING)


def test_rules_and_views_never_commit():
    found = {
        str(path.relative_to(ROOT))
        for path in modules("idp")
        if ends_units(path.read_text())
    }
    elsewhere = {path for path in found if not path.startswith(COMMANDS_AND_JOBS)}
    assert elsewhere == set(ENDS_UNITS_OF_WORK)
