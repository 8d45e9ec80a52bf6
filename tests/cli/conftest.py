"""Commands run in this process, on a development server's folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.cli import main
from idp.ops.data_folder import create_secret

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    """A development server's data folder, and the environment that leads to it."""
    data = tmp_path / "data"
    data.mkdir()
    create_secret(data / "secret.key")
    (data / "development").write_text("http://localhost:8123\n")
    monkeypatch.setenv("IDP_DATA_DIR", str(data))
    monkeypatch.setenv("IDP_DATABASE_URL", database_url)
    monkeypatch.setenv("IDP_ARGON2_MEMORY_KIB", "8")
    monkeypatch.setenv("IDP_ARGON2_ITERATIONS", "1")
    monkeypatch.delenv("IDP_ENVIRONMENT", raising=False)
    return data


@pytest.fixture
def idp(folder: Path) -> Run:
    """Run a command: ``idp("users", "list")``; it must end with status 0."""

    def run(*arguments: str, status: int = 0, given: str | None = None) -> Result:
        result = CliRunner().invoke(main, arguments, input=given)
        assert result.exit_code == status, result.output
        return result

    return run
