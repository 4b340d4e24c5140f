"""Child processes that never outlive the tests, and free ports for them."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def free_ports(count: int) -> list[int]:
    """Loopback TCP ports that nobody listens on just now, all different."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def running(command: Sequence[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server process; ends with the context, and on Linux also when the tests themselves are killed."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - one prepared call
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> Callable[[], None]:
    libc = ctypes.CDLL(None)  # loaded before the fork: afterwards only the call itself is safe
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], what: str, processes: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
    """Wait up to a minute for a server. Raises RuntimeError with the end of its log if it ends or takes longer."""
    end = time.monotonic() + 60
    while not ready():
        dead = [process.args for process in processes if process.poll() is not None]
        if dead or time.monotonic() > end:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
            raise RuntimeError(f"{what} did not come up; ended: {dead}\n{tail}")
        time.sleep(0.05)
