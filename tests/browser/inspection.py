"""What every page has to bear: axe, narrow windows, wide text."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


WIDTHS = (320, 640, 1024, 1280)


TEXT_SPACING = """
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }
"""


def violations(page):
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response
    return {rule["id"]: rule["nodes"][0]["html"] for rule in found["violations"]}


def overflow(page, width):
    page.wait_for_load_state()  # the look is part of what is measured
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def inspect(page, url):
    """Measure at each width; ask axe on a small light page and on a large dark one."""
    page.goto(url)
    inspect_shown(page)


def inspect_shown(page):
    """The same of the page that is open, which no address leads to."""
    url = page.url
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for width in WIDTHS:
        assert overflow(page, width) == 0, f"{url} is wider than {width}"
        if width == (1280 if dark else 320):
            assert violations(page) == {}, url
    page.add_style_tag(content=TEXT_SPACING)
    assert overflow(page, 320) == 0, f"{url} with text spacing"
