"""The small show of tests/end_to_end, published: behind `sendung serve`, and behind a server that can be broken."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, cache, pattern
from tests.workflows.importer.old_host import OldHost, serving

__all__ = ["cache", "pattern"]


def publish_at(url: str, workshop: Workshop) -> None:
    """Publish the show so that everything it names is at `url`, also its article."""
    workshop.edit(
        "show.yaml", "https://cdn.example.org/show\n", f"{url}\nallow: [podcast-local]\naudio: {{also: opus}}\n"
    )
    workshop.edit(f"{FIRST}/episode.yaml", "  en: https://www.example.org/en/first-tone\n", "")
    workshop.edit(f"{FIRST}/episode.yaml", "https://www.example.org/erster-ton", f"{url}/index.html")
    workshop.edit(f"{FIRST}/episode.yaml", "date: 2026-11-01", "date: 2025-11-01")
    result = workshop.run("publish", "--all", "--yes")
    assert result.code == 0, result.err


@pytest.fixture(scope="session")
def served(pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The show while `sendung serve` serves it."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("served") / "show"), cache)
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    publish_at(f"http://127.0.0.1:{port}", workshop)
    command = [sys.executable, "-m", "sendung", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=workshop.folder, stdout=subprocess.PIPE, text=True, env=workshop.variables()
    ) as process:
        assert process.stdout
        assert "Listen at" in process.stdout.readline()
        yield workshop
        process.send_signal(signal.SIGINT)
        process.wait(10)


@pytest.fixture(scope="session")
def _published(
    pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OldHost, dict[str, bytes]]]:
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("broken") / "show"), cache)
    with serving(OldHost()) as host:
        publish_at(host.url, workshop)
        yield host, {f"/{key}": data for key, data in workshop.store_files().items()}


@pytest.fixture
def host(_published: tuple[OldHost, dict[str, bytes]]) -> OldHost:
    """The show behind a server that does as a test says, whole again for each test."""
    host, files = _published
    host.files = dict(files)
    host.faults.clear()
    host.redirects.clear()
    host.asked.clear()
    return host
