"""``idp passwords``: lists of passwords that are refused."""

import pytest
from click.testing import CliRunner

from idp.cli import main
from idp.core.settings.declared import ConfigurationError
from idp.ops.configuration import configure
from idp.security.leaked.filters import LeakFilter


def idp(*arguments):
    return CliRunner().invoke(main, ["passwords", *map(str, arguments)])


def test_a_list_becomes_a_file_that_settings_can_name(tmp_path):
    (tmp_path / "list.txt").write_text("otter-otter-otter\npassword\n")
    made = tmp_path / "made"
    result = idp("build", tmp_path / "list.txt", "--output", made)
    assert result.exit_code == 0, result.output
    assert "2 passwords" in result.output
    assert "otter-otter-otter" in LeakFilter.open(made)
    environ = {
        "IDP_ENVIRONMENT": "development",
        "IDP_BREACHED_PASSWORDS_FILE": str(made),
    }
    configure(environ)
    made.write_text("password\n")
    with pytest.raises(ConfigurationError, match="IDP_BREACHED_PASSWORDS_FILE"):
        configure(environ)


def test_what_cannot_be_read_or_written_is_said(tmp_path):
    assert idp("build", tmp_path / "nothing").exit_code == 2
    (tmp_path / "list.txt").write_text("password\n")
    result = idp("build", tmp_path / "list.txt", "--output", tmp_path / "no" / "made")
    assert result.exit_code == 1
    assert "No such file" in result.output
