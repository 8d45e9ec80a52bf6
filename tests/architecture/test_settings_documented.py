"""docs/settings.md says what the settings classes say."""

from idp.ops.report import markdown
from tests.architecture.sources import ROOT


def test_the_settings_page_is_what_the_code_says_now():
    written = (ROOT / "docs" / "settings.md").read_text()
    assert written == markdown(), "run: make docs"
