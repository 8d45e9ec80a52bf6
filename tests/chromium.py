"""Debian's Chromium; the variant without windows, where it is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium")
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-sync"]


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Run a browser; a process can have one at a time."""
    program = next(filter(None, map(which, NAMES)), NAMES[-1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()
