"""Firefox as Debian has it, by WebDriver BiDi: Playwright would start only a Firefox of its own.

On Debian: `apt-get install firefox-esr`. Without it the trials are skipped, but not in CI.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.browser import missing
from tests.servers.process import running, wait_until

PREFERENCES = """user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.volume_scale", "0.0");
user_pref("layout.css.prefers-color-scheme.content-override", %d);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
"""
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://127\.0\.0\.1:\d+)")


class Firefox:
    """One tab of a running Firefox (WebDriver BiDi, W3C Editor's Draft)."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str, width: int = 1280, height: int = 900) -> None:
        """Open a URL in a window of a size, and wait until it is loaded."""
        self._ask("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})
        self._ask("browsingContext.navigate", context=self._tab, url="about:blank", wait="complete")
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str, frame: int | None = None) -> Any:
        """The value of a JavaScript expression, as JSON has it; in a frame of the page, counted from 0."""
        target = self._tab
        if frame is not None:
            target = self._ask("browsingContext.getTree", root=self._tab)["contexts"][0]["children"][frame]["context"]
        wrapped = f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
        answer = self._ask(
            "script.evaluate",
            expression=wrapped, target={"context": target}, awaitPromise=True, userActivation=True,
        )  # fmt: skip
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def until(self, condition: str, frame: int | None = None) -> None:
        """Wait until a JavaScript expression holds."""
        deadline = time.monotonic() + 15
        while not self.evaluate(f"!!({condition})", frame):
            if time.monotonic() > deadline:
                raise AssertionError(condition)
            time.sleep(0.05)

    def _ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") != number:
                continue
            if answer["type"] == "error":
                raise AssertionError(f"{method}: {answer['message']}")
            return answer["result"]


@contextmanager
def firefox(*, dark: bool) -> Iterator[Firefox]:
    """A Firefox with a profile of its own."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        missing("Firefox", "apt-get install firefox-esr")
    with tempfile.TemporaryDirectory(prefix="fx", ignore_cleanup_errors=True) as folder:
        profile, log = Path(folder) / "profile", Path(folder) / "log"
        profile.mkdir()
        (profile / "user.js").write_text(PREFERENCES % (0 if dark else 1))
        command = [str(program), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)]
        with running(command, log) as process:
            wait_until(lambda: bool(log.exists() and _LISTENING.search(log.read_text())), "Firefox", [process], log)
            address = _LISTENING.search(log.read_text())
            assert address
            with connect(f"{address[1]}/session", max_size=None) as socket:
                yield Firefox(socket)


@pytest.fixture(scope="session", params=[False, True], ids=["light", "dark"])
def firefoxes(request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """Firefox in light and in dark."""
    with firefox(dark=request.param) as tab:
        yield tab
