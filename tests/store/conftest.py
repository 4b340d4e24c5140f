"""Credentials for the test servers only, a proxy before a service, and disks that are small."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.fixtures import CREDENTIALS, Target
from tests.servers.proxy import Proxy, breaking_proxy


@pytest.fixture(autouse=True)
def _no_credentials_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def proxy(target: Target) -> Iterator[Proxy]:
    """A proxy before an S3 service that breaks nothing, unless a test has it choose to."""
    assert target.endpoint_url
    with breaking_proxy(target.endpoint_url, lambda _: None) as proxy:
        yield proxy


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The root of an empty file system of 1 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root on Linux only")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("this container may not mount a file system")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
