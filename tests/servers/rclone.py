"""`rclone serve s3`: an S3 server over a directory, from a wheel. It ignores If-Match and If-None-Match."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.servers.certificate import Certificate
from tests.servers.process import free_ports, listens, running, wait_until


@contextlib.contextmanager
def rclone(folder: Path, certificate: Certificate | None = None) -> Iterator[str]:
    """The endpoint URL of a running server for testkey/testsecret; its buckets are folders in `folder`/data."""
    (port,) = free_ports(1)
    data, log = folder / "data", folder / "log"
    data.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [Path(sys.executable).with_name("rclone"), "serve", "s3", "--config", "/dev/null"]
    command += ["--addr", f"127.0.0.1:{port}", "--auth-key", "testkey,testsecret", "--vfs-cache-mode", "off"]
    if certificate:
        command += ["--cert", certificate.chain, "--key", certificate.key]
    with running([*command, data], log) as process:
        wait_until(lambda: listens(port), "rclone", [process], log)
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
