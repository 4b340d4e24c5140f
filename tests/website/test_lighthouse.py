"""Lighthouse's marks for the pages on a slow phone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from sendung.core.model import listen_key
from tests.browser import FLAGS, missing

from .conftest import NODE_MODULES
from .server import Site

WANTED = {"performance": 0.99, "accessibility": 1, "best-practices": 1, "seo": 1}


@pytest.mark.soak
@pytest.mark.parametrize("key", [listen_key("xiaomi"), "index.html"])
def test_lighthouse_finds_nothing_to_better(store: Site, chromium: str, tmp_path: Path, key: str) -> None:
    """On plain HTTP as here "best practices" would miss HTTPS, but Lighthouse counts loopback as secure."""
    script = NODE_MODULES / "lighthouse" / "cli" / "index.js"
    if not script.exists():
        missing("Lighthouse", f"npm install in {NODE_MODULES.parent.name}")
    report = tmp_path / "report.json"
    flags = " ".join([*FLAGS, "--headless=new", f"--user-data-dir={tmp_path / 'profile'}"])
    command = [compute_driver_executable()[0], str(script), f"{store.url}/{key}", "--quiet", "--output=json"]
    command += [f"--output-path={report}", f"--chrome-flags={flags}", "--no-enable-error-reporting"]
    subprocess.run(
        command, check=True, timeout=240, env={"CHROME_PATH": chromium, "PATH": "/usr/bin:/bin"}, cwd=tmp_path
    )
    found = json.loads(report.read_text())
    marks = {name: category["score"] for name, category in found["categories"].items()}
    losses = [
        f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}"
        for audit in found["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    ]
    assert all(marks[name] >= wanted for name, wanted in WANTED.items()), (marks, losses)
