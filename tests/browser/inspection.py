"""What every page has to bear: axe, narrow windows, wide text; and its weight."""

import re

from axe_playwright_python.sync_playwright import Axe

AXE = Axe().axe_script
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "target-size"]


WIDTHS = (320, 640, 1024, 1280)
AUDITED = 320  # what is too close or too small is so on a small page

TEXT_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }
"""


def violations(page):
    """What axe says of a page that is open, in both colour schemes."""
    return violations_in(page, "light") | violations_in(page, "dark", rules=LOOKS)


def violations_in(page, scheme, *, rules=RULES):
    """What axe says of a page in ``light`` or ``dark``, by rule: the first place.

    It need not fetch the styles again: no rule of ours reads them.
    """
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(options)", options)
    return {rule["id"]: rule["nodes"][0]["html"] for rule in found["violations"]}


def overflow(page, width):
    page.wait_for_load_state()  # the look is part of what is measured
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def inspect(page, url):
    """Measure at each width; ask axe on a small light page.

    In the dark each colour gives way to one of the same name, whose contrast is judged
    without a browser (tests/web/test_palette.py).
    """
    page.goto(url)
    inspect_shown(page)


def inspect_shown(page):
    """The same of the page that is open, which no address leads to."""
    url = page.url
    for width in WIDTHS:
        assert overflow(page, width) == 0, f"{url} is wider than {width}"
        if width == AUDITED:
            found = violations_in(page, "light")
            assert found == {}, f"{url} at {width}: {found}"
    page.add_style_tag(content=TEXT_SPACING)
    assert overflow(page, 320) == 0, f"{url} with text spacing"


def weigh(page, url, *, until=None):
    """Open a page: at most 40 KB and 6 requests, all to one host; no inline code.

    What scripts ask for counts too, ``until`` a text is shown.
    """
    answers, host = [], url.split("/")[2]

    def note(answer):
        answers.append(answer)

    page.on("response", note)
    page.goto(url, wait_until="load")
    if until:
        page.get_by_text(until).wait_for()
    page.remove_listener("response", note)
    assert len(answers) <= 6
    assert sum(len(answer.body()) for answer in answers if answer.ok) <= 40_000
    assert {answer.url.split("/")[2] for answer in answers} == {host}
    html = page.content()
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", html)
