"""One browser for all tests of a process: Playwright can be started once in each.

It is Chromium: on Debian `apt-get install chromium`. Without it the trials are skipped, but not in CI.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
"""For a container without a screen, and nothing that Chromium fetches for itself."""


def missing(what: str, how: str) -> None:
    """Skip, or in CI fail: what is missing and how to get it."""
    message = f"{what} is missing: {how}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def until(page: Page | Frame, condition: str) -> None:
    """Wait until a JavaScript expression holds. Playwright's own wait needs eval, which the pages' policy forbids."""
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        if time.monotonic() > deadline:
            raise AssertionError(condition)
        page.wait_for_timeout(30)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        missing("Chromium", "apt-get install chromium")
    return str(path)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, "--mute-audio"])
        yield browser
        browser.close()


Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def opened(browser: Browser) -> Opened:
    """Opens a URL in a fresh context; anything that the page complains of on the console fails the test."""

    @contextmanager
    def open_page(url: str, quiet: bool = True, **options: Any) -> Iterator[Page]:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        complaints: list[str] = []
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        try:
            yield page
        finally:
            context.close()
        assert not (quiet and complaints), complaints

    return open_page
