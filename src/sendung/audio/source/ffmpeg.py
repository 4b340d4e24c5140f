"""The only place that starts ffmpeg; whatever is started here ends here."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar, cast

import imageio_ffmpeg

from sendung.core.concurrency import wait_awake
from sendung.core.errors import UsageError
from sendung.core.words import say

_LOG = logging.getLogger(__name__)
BLOCK = 1 << 18
"""Bytes read from ffmpeg at once; its pipe is twice as long where the system allows."""
INDEX = 1 << 12
"""Bytes for the places of packets that ffmpeg notes of a file which a graph reads: nobody seeks there, and in 800 s it
would note up to a megabyte."""

_NAMED = "IMAGEIO_FFMPEG_EXE"
"""Where imageio-ffmpeg lets hosts name an ffmpeg of their own."""
_ANSWERS_WITHIN_S = 20

_ALL: weakref.WeakSet[Ffmpeg] = weakref.WeakSet()
"""Those of this process, for `stop_all`."""
_ALL_LOCK = threading.Lock()

Result = TypeVar("Result")
Take = Callable[[memoryview], object]
"""Takes bytes as they come, at most BLOCK at once; they are there during the call only."""


def in_frames(size: int, take: Callable[[bytes], object]) -> Take:
    """Takes blocks, and hands on whole frames of so many bytes: a pipe may cut anywhere. Less than one is dropped."""
    left = b""

    def take_block(block: memoryview) -> None:
        nonlocal left
        data = left + bytes(block)
        whole = len(data) // size * size
        left = data[whole:]
        take(data[:whole])

    return take_block


class FfmpegFailed(Exception):
    """ffmpeg ended with an error; `log` is what it wrote to stderr. Callers turn it into an AudioError."""

    def __init__(self, log: str) -> None:
        super().__init__(log)
        self.log = log


class Stopped(Exception):
    """ffmpeg was ended because something else failed, or the host interrupted."""


@cache
def _executable(named: str) -> str:
    """The ffmpeg that comes with imageio-ffmpeg, or the one that a host has named. Raises UsageError if it is none.

    A mistake of the machine, not of a recording: it stops everything, and is told once.
    """
    try:
        program = shutil.which(named) if named else imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        program = None
    if named and (program is None or not _is_ffmpeg(program)):
        hint = "Let it name a whole ffmpeg, or unset it: one comes with Sendung."
        raise UsageError(
            say("{named} is set to {named2}, which is no ffmpeg that runs here.", named=_NAMED, named2=named), hint
        )
    if program is None:
        hint = say("Reinstall imageio-ffmpeg with pip, or let {named} name an ffmpeg.", named=_NAMED)
        raise UsageError("There is no ffmpeg for this machine in the package imageio-ffmpeg.", hint)
    return os.path.abspath(program)  # noqa: PTH100 - links stay: some programs go by their name


def program() -> str:
    """Stands for the ffmpeg that runs here: another one for any other. Raises UsageError if there is none."""
    path = _executable(os.environ.get(_NAMED, ""))
    known = Path(path).stat()
    return f"{path} {known.st_size} {known.st_mtime_ns}"


def _is_ffmpeg(program: str) -> bool:
    try:
        answer = subprocess.run(
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_ANSWERS_WITHIN_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.startswith(b"ffmpeg version")


def version_line() -> str:
    """What the ffmpeg that is used here says that it is. Raises UsageError where there is none."""
    answer = subprocess.run(
        [_executable(os.environ.get(_NAMED, "")), "-version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return answer.stdout.decode("utf-8", "replace").partition("\n")[0].partition(" Copyright")[0]


class Ffmpeg:
    """Runs ffmpeg, several at once on several cores. Leaving the `with` block ends all that still run.

    Runs write their result to a pipe that this process reads (all but M4A, which needs a file). So if this process is
    killed, its children cannot go on: their next write fails.
    """

    def __init__(self, folder: Path | None = None, workers: int | None = None) -> None:
        """`folder` is where relative names inside filter graphs are looked up."""
        self.workers = workers or usable_cores()
        self.folder = folder
        self._executable = _executable(os.environ.get(_NAMED, ""))
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False
        with _ALL_LOCK:
            _ALL.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def new_file(self, prefix: str, suffix: str) -> Path:
        """An empty file in its folder, so that filter graphs can name it without a path."""
        number, name = tempfile.mkstemp(suffix, prefix, self.folder)
        os.close(number)
        return Path(name)

    def stop(self) -> None:
        """End everything that runs, and refuse to start more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            process.kill()

    def read(self, arguments: Sequence[str], take: Take, *, loglevel: str = "error") -> str:
        """Run to the end, handing each block of stdout to `take`; returns stderr.

        Raises FfmpegFailed, or Stopped after `stop`; after a failure nothing more is started.
        """
        run = partial(self._read, arguments, take, loglevel)
        # In the main thread, Ctrl-C could come after the program has started and before anybody knows of it.
        in_main = threading.current_thread() is threading.main_thread()
        return self._in_threads([run])[0] if in_main else run()

    def _read(self, arguments: Sequence[str], take: Take, loglevel: str) -> str:
        with tempfile.TemporaryFile() as log:
            process = self._start(["-v", loglevel, *arguments], log)
            try:
                _drain(process, take)
            except BaseException:
                process.kill()
                raise
            finally:
                code = process.wait()
                with self._lock:
                    self._running.discard(process)
                if process.stdout:
                    process.stdout.close()
            log.seek(0)
            text = log.read().decode("utf-8", "replace")
        if self._stopped:
            raise Stopped
        if code != 0:
            raise FfmpegFailed(text)
        return text

    def _start(self, arguments: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        # Filters hand each frame from thread to thread otherwise; what is to be quick runs in several at once instead.
        alone = ["-filter_complex_threads", "1"]
        command = [self._executable, "-hide_banner", "-nostats", "-nostdin", *alone, *arguments]
        with self._lock:
            if self._stopped:
                raise Stopped
            _LOG.debug("%s", shlex.join(command))
            # Its own session: Ctrl-C in a terminal reaches this process only, which then ends the children.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                pipesize=2 * BLOCK,
                bufsize=0,
                cwd=self.folder,
            )
            self._running.add(process)
        _as_batch(process.pid)
        return process

    def all(self, tasks: Sequence[Callable[[], Result]]) -> list[Result]:
        """Call every task, as many at once as there are cores; their results in order. One alone needs no thread.

        The first error (or KeyboardInterrupt) ends everything that runs and is raised.
        """
        return [tasks[0]()] if len(tasks) == 1 else self._in_threads(tasks)

    def _in_threads(self, tasks: Sequence[Callable[[], Result]]) -> list[Result]:
        pool = ThreadPoolExecutor(self.workers)
        try:
            futures = [pool.submit(task) for task in tasks]
            if not wait_awake(futures):
                self.stop()
        except BaseException:
            self.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        _raise_first(future.exception() for future in futures if not future.cancelled())
        return [future.result() for future in futures]


def stop_all() -> None:
    """End all that this process has started, in whatever thread: what works there ends with Stopped."""
    with _ALL_LOCK:
        running = list(_ALL)
    for ffmpeg in running:
        ffmpeg.stop()


def _raise_first(errors: Iterable[BaseException | None]) -> None:
    """Raise one of some errors, if there is any: one that is not just the end of what another had stopped."""
    ordered = sorted(filter(None, errors), key=lambda error: isinstance(error, Stopped))
    if ordered:
        raise ordered[0]


def _drain(process: subprocess.Popen[bytes], take: Take) -> None:
    stdout = cast("io.FileIO", process.stdout)
    with memoryview(bytearray(BLOCK)) as buffer:
        while size := stdout.readinto(buffer):
            take(buffer[:size])


def _as_batch(pid: int) -> None:
    """Let its threads work off what waits for them before they make room for each other, where the system can.

    ffmpeg hands each frame from thread to thread; this saves about 3 % of an encode.
    """
    if hasattr(os, "sched_setscheduler") and hasattr(os, "SCHED_BATCH"):
        # It may have ended already, or a container may not allow it.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local(path: Path) -> list[str]:
    """The arguments that open a local file as the next input, and nothing that the file may refer to elsewhere."""
    return ["-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}"]
