"""How fast a large file goes up: sendung's S3 store beside `aws s3 cp`, in turn, to the same real servers.

    python -m benchmarks.store [--aws PATH] [--megabytes 256] [--rounds 5]

Both run as processes of their own, with their start, and as they are installed: aws adds CRCs of its own to what is
sent, sendung sends MD5s along, compares the ETag that it is answered, and reads the file's SHA-256.
File and servers live in memory where the machine has /dev/shm, so that neither waits for the disk. The median counts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.servers.ceph import gateway, missing_programs
from tests.servers.certificate import make_certificate
from tests.servers.fixtures import CREDENTIALS, make_bucket
from tests.servers.rclone import rclone

UPLOAD = """
import sys
from pathlib import Path
from sendung.store import Headers, open_store
url, endpoint, path, sha256 = sys.argv[1:]
open_store(url, Path(), endpoint, None).upload("a.mp3", Path(path), sha256, Headers("audio/mpeg"), lambda _: None)
"""
GOAL = 0.9
MEMORY = Path("/dev/shm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aws", default=shutil.which("aws"), help="the aws program (pip install awscli)")
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not options.aws:
        parser.error("there is no aws program: pip install awscli into an environment of its own, and give --aws")
    os.environ |= CREDENTIALS | {"AWS_DEFAULT_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "a.mp3"
        path.write_bytes(os.urandom(options.megabytes << 20))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(
            f"{options.megabytes} MiB, median of {options.rounds}; {subprocess.getoutput(f'{options.aws} --version')}"
        )
        print(f"{'server':12}{'aws s3 cp':>14}{'sendung':>14}{'ratio':>8}")
        for name, server in servers(Path(folder)):
            with server() as endpoint:
                row(name, endpoint, options.aws, path, digest, options.rounds)


def servers(folder: Path) -> Iterator[tuple[str, Callable[[], AbstractContextManager[str]]]]:
    yield "rclone", lambda: rclone(folder / "rclone")
    if missing_programs():
        print("ceph is not installed")
    else:
        yield "ceph", lambda: ceph(folder)


@contextmanager
def ceph(folder: Path) -> Iterator[str]:
    with gateway(make_certificate(folder)) as running:
        yield running.http


def row(name: str, endpoint: str, aws: str, path: Path, digest: str, rounds: int) -> None:
    times: dict[str, list[float]] = {"aws": [], "sendung": []}
    bucket = make_bucket(endpoint)
    for number in range(rounds + 1):
        ours = [sys.executable, "-c", UPLOAD, f"s3://{bucket}/ours-{number}", endpoint, str(path), digest]
        theirs = [aws, "--endpoint-url", endpoint, "s3", "cp", "--only-show-errors"]
        theirs += [str(path), f"s3://{bucket}/theirs-{number}.mp3"]
        for who, command in sorted({"aws": theirs, "sendung": ours}.items(), reverse=number % 2 == 1):
            started = time.perf_counter()
            subprocess.run(command, check=True)
            if number:  # the first round warms the server up
                times[who].append(time.perf_counter() - started)
    megabytes = path.stat().st_size / 1e6
    speed = {who: megabytes / statistics.median(seconds) for who, seconds in times.items()}
    ratio = speed["sendung"] / speed["aws"]
    verdict = "" if ratio >= GOAL else f"  below the goal of {GOAL}"
    print(f"{name:12}{speed['aws']:9.0f} MB/s{speed['sendung']:9.0f} MB/s{ratio:8.2f}{verdict}", flush=True)


if __name__ == "__main__":
    main()
