"""A show, an episode and a time; a browser, and a store with a whole show in it for the browser to open.

The browser is Chromium, driven by Playwright: on Debian `apt-get install chromium`. The judges of the pages
(package.json) come by `npm install` in this folder. Without them the trials are skipped, but not in CI.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from sendung.model import Episode, Show

from .samples import NOW, full_episode, full_show, make_episode, make_show, objects
from .server import Site, serving

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
NODE_MODULES = Path(__file__).with_name("node_modules")


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


@pytest.fixture
def show() -> Show:
    return make_show()


@pytest.fixture
def episode() -> Episode:
    return make_episode()


@pytest.fixture
def now() -> datetime:
    return NOW


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


@pytest.fixture(scope="session")
def axe() -> str:
    path = NODE_MODULES / "axe-core" / "axe.min.js"
    if not path.exists():
        missing("axe-core", f"npm install in {NODE_MODULES.parent.name}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def store() -> Iterator[Site]:
    """A store with a German show of three episodes, the newest of them with everything."""
    with serving() as site:
        power = "Netzentgelte, Börsenpreise, Steuern: woraus eine Kilowattstunde besteht, und wer daran verdient."
        rails = "Ein Meter Gleis, vom Erz bis zur Weiche. Und warum er in der Schweiz billiger ist."
        episodes = [
            full_episode(),
            make_episode("strom", title="Wer zahlt den Strom?", date=NOW.replace(day=13), summary=power),
            make_episode(
                "schiene", title="Was kostet eine Schiene?", date=NOW.replace(day=6), summary=rails, articles=()
            ),
        ]
        site.objects |= objects(full_show(site.url), episodes)
        yield site


@pytest.fixture(scope="session")
def english_store() -> Iterator[Site]:
    """The same in English, with another look."""
    with serving() as site:
        theme = {"accent": "#3fae6a", "font": "Georgia, serif"}
        site.objects |= objects(full_show(site.url, language="en-GB", theme=theme), [full_episode()])
        yield site


Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def opened(browser: Browser) -> Opened:
    """Opens a URL in a fresh context; anything that the page complains of on the console fails the test."""

    @contextmanager
    def open_page(url: str, quiet: bool = True, **options: Any) -> Iterator[Page]:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        complaints: list[str] = []
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        try:
            yield page
        finally:
            context.close()
        assert not (quiet and complaints), complaints

    return open_page
