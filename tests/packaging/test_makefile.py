"""The Makefile and its scripts, read without running them."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [".ci/run", *(f"scripts/{path.name}" for path in ROOT.glob("scripts/*.sh"))]
KEEP = "PYTHONDONTWRITEBYTECODE= "
POSTGRESQL = "IDP_TEST_DATABASE=postgresql "
DOCUMENTED = {
    "install",
    "run",
    "example-bff",
    "dev",
    "test",
    "test-postgres",
    "test-postgres-all",
    "check",
    "fix",
    "coverage",
    "migration",
    "messages",
    "bench",
    "lock",
}


def plan(*targets: str) -> list[str]:
    """What make would run, one line per command."""
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *targets, "m=add devices"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


@pytest.mark.parametrize("target", sorted(DOCUMENTED))
def test_a_documented_target_has_commands(target):
    assert plan(target)


def test_run_installs_and_then_becomes_the_server():
    assert plan("run") == [
        "scripts/install.sh runtime",
        "exec .venv/bin/idp serve --dev",
    ]


def test_check_formats_lints_types_and_tests_on_both_databases():
    commands = "\n".join(plan("check"))
    for tool in ("ruff format --check", "ruff check", "mypy", "lint-imports"):
        assert f".venv/bin/{tool}" in commands
    tests = re.findall(r"^(.*)\.venv/bin/python -m pytest", commands, re.MULTILINE)
    assert tests == [f"{database}{KEEP}" for database in ("", POSTGRESQL)]


def test_what_args_name_runs_in_one_process():
    assert plan("test", "args=-k refresh")[-1].endswith("pytest -n 0 -k refresh")
    assert plan("test")[-1].endswith("pytest")


def test_ci_runs_the_whole_check_with_ci_set():
    script = (ROOT / ".ci/run").read_text()
    assert "set -eu" in script
    assert "export CI" in script
    assert script.endswith("make check\n")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_executable_and_plain_sh(name):
    assert (ROOT / name).stat().st_mode & 0o111 == 0o111
    subprocess.run(["sh", "-n", name], cwd=ROOT, check=True)


def test_the_readme_and_the_guide_name_only_targets_that_exist():
    text = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert named
    assert named <= targets
