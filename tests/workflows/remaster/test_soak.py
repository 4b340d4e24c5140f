"""Long trials: workers that are killed all the time, and a second machine that shares nothing but the network."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from benchmarks.cluster import make_recordings, run_alone, run_together
from sendung.records import Status
from sendung.workflows.remaster.cluster import ClusterChoice
from tests.servers.fixtures import Target

from .conftest import SLUGS, Machine, published, words

pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("default")]


def test_a_hundred_killed_workers_change_no_byte(tmp_path: Path) -> None:
    recordings = make_recordings(tmp_path / "recordings", 200, 20)
    alone = run_alone(tmp_path / "alone", recordings)
    together = run_together(tmp_path / "together", recordings, workers=2, kills=100)
    assert together.kills == 100
    assert together.digests == alone.digests


PYTHON = "/usr/bin/python3"
"""One that every user can run; this one's may lie in a home."""


def is_alike() -> bool:
    """Whether it can run what is installed for this one."""
    command = [PYTHON, "-c", "import sys; print(sys.version_info[:2])"]
    return Path(PYTHON).exists() and subprocess.check_output(command, text=True).strip() == str(sys.version_info[:2])


CERTIFICATES = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \\
    -subj "/CN=Sendung cluster" -keyout ca.key -out ca.pem
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=sendung" \\
    -keyout node.key -out node.csr
openssl x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out node.pem
"""
"""As docs/howto/cluster.md has them."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*arguments: str, home: Path, user: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask with a home of its own, of another user perhaps."""
    own = {"HOME": str(home), "DASK_CONFIG": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = PYTHON if user else sys.executable
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            [program, "-m", *arguments], cwd=home, env={**os.environ, **own}, user=user, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def make_home(folder: Path, certificates: Path, user: str) -> Path:
    """A home with certificates and the settings of the howto, which nobody else can read."""
    folder.mkdir(mode=0o700)
    for name in ("ca.pem", "node.pem", "node.key"):
        (folder / name).write_bytes((certificates / name).read_bytes())
    role = {"cert": str(folder / "node.pem"), "key": str(folder / "node.key")}
    tls = {"ca-file": str(folder / "ca.pem"), "scheduler": role, "worker": role, "client": role}
    settings = {"distributed": {"comm": {"require-encryption": True, "tls": tls}}}
    (folder / "sendung.yaml").write_text(json.dumps(settings), "utf-8")
    subprocess.run(["chown", "-R", f"{user}:", str(folder)], check=True)
    return folder


@pytest.mark.skipif(os.geteuid() != 0 or not is_alike(), reason="only root can be another user, who needs a Python")
def test_another_user_with_folders_of_their_own_masters_for_this_one(
    machine: Machine, alone: dict[str, bytes], new_target: Callable[[str], Target], tmp_path: Path
) -> None:
    import dask

    run = machine.in_bucket(new_target("rclone"))
    machine.folder.chmod(0o700)
    certificates = tmp_path / "tls"
    certificates.mkdir()
    subprocess.run(["sh", "-e", "-c", CERTIFICATES], cwd=certificates, check=True, capture_output=True)
    outside = Path("/var/tmp") / f"sendung-{os.getpid()}"
    address, workers = f"tls://127.0.0.1:{free_port()}", ["--nworkers", "2", "--nthreads", "1"]
    with ExitStack() as stack:
        own = make_home(tmp_path / "own", certificates, "root")
        other = make_home(outside, certificates, "nobody")
        stack.callback(subprocess.run, ["rm", "-r", str(other)], check=True)
        arguments = ["--protocol", "tls", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]]
        stack.enter_context(started("distributed.cli.dask_scheduler", *arguments, "--no-dashboard", home=own))
        stack.enter_context(
            started(
                "distributed.cli.dask_worker",
                address,
                *workers,
                "--no-dashboard",
                "--local-directory",
                str(other),
                home=other,
                user="nobody",
            )
        )
        config = json.loads((own / "sendung.yaml").read_text("utf-8"))
        stack.enter_context(dask.config.set(config))
        time.sleep(15)
        context = run.run()
        outcome = run.together(ClusterChoice(address, patience_s=60), context)
        assert sorted(result.folder.name for result in outcome.episodes if result.status is Status.PUBLISHED) == [
            *SLUGS
        ], (words(context), (other / "log").read_text())
    assert {key: data for key, data in published(context.store).items() if key.startswith("audio/")} == {
        key: data for key, data in alone.items() if key.startswith("audio/")
    }
    assert run.left() == []
