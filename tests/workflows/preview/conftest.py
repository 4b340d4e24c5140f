"""`sendung preview` in a process of its own, a browser, and a show with a published episode and a draft."""

from __future__ import annotations

import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.end_to_end.conftest import Workshop, cache, pattern, workshop

__all__ = ["cache", "pattern", "preview", "studio", "workshop"]

PATIENCE = 60
"""Seconds that anything may take on a machine that has much else to do."""


expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Preview:
    """A preview that runs."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str] = field(default_factory=list)
    """All that it printed."""

    def until(self, words: str, start: int = 0) -> None:
        """Wait until it has printed some words, in the lines from `start` on."""
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.lines[start:]):
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.02)

    def stop(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0, self.lines


Start = Callable[..., Preview]


@contextmanager
def running(workshop: Workshop, *arguments: str, **environment: str) -> Iterator[Preview]:
    """`sendung preview ARGUMENTS` on a free port; ended at the end of the context, if it has not ended before."""
    command = [sys.executable, "-m", "sendung", "preview", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        cwd=workshop.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=workshop.variables(**environment),
    ) as process:
        preview = Preview(process, "")
        first: queue.SimpleQueue[str] = queue.SimpleQueue()

        def listen() -> None:
            assert process.stdout
            for line in process.stdout:
                preview.lines.append(line)
                first.put(line)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            while not (
                found := re.search(r"(?:Preview at|Vorschau unter) (http://\S+/)", line := first.get(timeout=PATIENCE))
            ):
                assert "error" not in line, line
            preview.address = found[1]
            yield preview
        finally:
            if process.poll() is None:
                preview.stop()
            thread.join()
        assert not any("Traceback" in line for line in preview.lines), preview.lines


@pytest.fixture
def preview(workshop: Workshop) -> Iterator[Start]:
    """Starts previews of the workshop."""
    contexts = []

    def start(*arguments: str, **environment: str) -> Preview:
        context = running(workshop, *arguments, **environment)
        contexts.append(context)
        return context.__enter__()

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def studio(pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workshop, Preview]]:
    """A show with a published episode ("nullter-ton") and a draft ("erster-ton"), and a preview of the draft."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("studio") / "show"), cache)
    shutil.copytree(workshop.path("episodes/erster-ton"), workshop.path("episodes/nullter-ton"))
    workshop.edit(
        "episodes/nullter-ton/episode.yaml", "Der erste Ton\ndate: 2026-11-01", "Der nullte Ton\ndate: 2026-10-01"
    )
    assert workshop.run("publish", "nullter-ton").code == 0
    workshop.edit("episodes/erster-ton/episode.yaml", "2026-11-01", "2031-11-01")
    workshop.edit("episodes/erster-ton/episode.yaml", "audio: audio.flac", "audio: audio.flac\nnotes: notes.md")
    workshop.write("episodes/erster-ton/notes.md", NOTES)
    with running(workshop, "erster-ton") as preview:
        preview.until("feed.xml")
        yield workshop, preview


NOTES = "Was wir *gehört* haben.\n"
