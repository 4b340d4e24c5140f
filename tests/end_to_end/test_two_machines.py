"""One store, made visible by two machines that agree on nothing: the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.end_to_end.conftest import Workshop
from tests.end_to_end.reading import parse

REBUILD = """
import os, sys
from datetime import datetime
from pathlib import Path
from sendung import Desk
from sendung.workflows.publish.site import refresh
from sendung.store.directory import DirectoryStore

folder, cache, now, umask = sys.argv[1:]
os.umask(int(umask, 8))
os.chdir("/")
store = DirectoryStore(Path(folder), folder)
refresh(Desk("other", lambda: datetime.fromisoformat(now), Path(cache)).run(store))
"""
MACHINES = (
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "now": "2026-11-02T00:00:00+00:00", "umask": "022"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.utf8", "PYTHONHASHSEED": "2", "now": "2031-06-30T23:59:59+05:45",
     "umask": "077"},
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "3", "now": "2026-10-01T00:00:00+00:00", "umask": "022"},
)  # fmt: skip
"""The last one's clock is late: the episode was public before it hears of its date."""


def test_two_machines_with_other_clocks_zones_and_locales_write_the_same_bytes(workshop: Workshop) -> None:
    """Even lastBuildDate is that of the newest record, so the second of two machines finds nothing to send."""
    published = workshop.run("publish", "--all", "--yes")
    assert published.code == 0, published.err
    before = {key: data for key, data in workshop.store_files().items() if not key.startswith("state/")}
    assert {"feed.xml", "index.html", "listen-now.js", "listen-now.json", "e/erster-ton/index.html"} <= set(before)
    for number, machine in enumerate(MACHINES):
        copy = workshop.folder.parent / f"machine{number}"
        kept = shutil.ignore_patterns("feed.xml", "index.html", "listen-now*", "e", "state", ".sendung")
        shutil.copytree(workshop.path("public"), copy, ignore=kept)
        assert not (copy / "feed.xml").exists()
        environment = {**os.environ, **{key: value for key, value in machine.items() if key.isupper()}}
        command = [sys.executable, "-c", REBUILD, str(copy), str(copy.parent / f"cache{number}")]
        done = subprocess.run(
            [*command, machine["now"], machine["umask"]], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        files = {str(file.relative_to(copy)): file.read_bytes() for file in copy.rglob("*") if file.is_file()}
        assert {key: data for key, data in files.items() if not key.startswith(("state/", ".sendung"))} == before
    assert parse(before["feed.xml"]).feed.updated.endswith("+0000")
