"""The program in a fork of a process that has imported all of it.

Nine tenths of the time of a short command go into starting Python and importing; a fork costs neither. It has its own
working directory, environment, mask, standard streams and exit code, as a process of its own would have. What is
decided while Python starts (PYTHON* variables, the locale) is not part of that, so `fits` says no to it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NoReturn

_MORE = ("rich.progress", "rich.table", "boto3", "botocore.httpsession", "ruamel.yaml", "feedgen.feed", "mutagen.id3")
"""What commands import from other packages when they need it."""
_AT_START = ("PYTHON", "LC_", "LANG")
_SECONDS = 600


def fits(environment: Mapping[str, str]) -> bool:
    """Whether a run with this environment would be the same in a process of its own."""
    return all(environment.get(name) == os.environ.get(name) for name in {*environment, *os.environ} if _early(name))


def _early(name: str) -> bool:
    return name.startswith(_AT_START)


class WarmProgram:
    """The process that forks."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.warm", str(theirs.fileno())]
        folder = Path(__file__).parent.parent
        self._process = subprocess.Popen(command, cwd=folder, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()

    def run(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, bytes, bytes]:
        """Exit code, stdout and stderr of `sendung ARGUMENTS` in a folder."""
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            Path(os.devnull).open("rb") as nothing,
        ):
            streams = [stream.fileno() for stream in (nothing, out, err)]
            code = answer(self.start(arguments, folder, environment, streams), f"sendung {' '.join(arguments)}")
            return code, _content(out), _content(err)

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: Sequence[int],
        module: str = "",
    ) -> int:
        """Begin a run with stdin, stdout and stderr as they are given; where `answer` reads its exit code.

        It is the program, or `main(ARGUMENTS)` of another module.
        """
        mask = os.umask(0)
        os.umask(mask)
        order = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment), "mask": mask}
        reading, writing = os.pipe()
        with tempfile.TemporaryFile() as paper:
            paper.write(json.dumps(order | {"module": module}).encode())
            paper.seek(0)
            socket.send_fds(self._ours, [b"."], [paper.fileno(), *streams, writing])
        os.close(writing)
        return reading

    def end(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.wait()


@cache
def warm_program() -> WarmProgram:
    """The one of this test process."""
    program = WarmProgram()
    atexit.register(program.end)
    return program


def answer(reading: int, name: str, seconds: float = _SECONDS) -> int:
    """The exit code of what was begun, once it has ended; minus the signal's number where that ended it."""
    with open(reading, "rb") as line:
        assert select.select([line], [], [], seconds)[0], f"{name} does not end"
        return int(line.read())


def _content(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def warm_up() -> None:
    """Import all, and compile what is compiled once a process, so that forks need not."""
    package = importlib.import_module("sendung")
    for module in pkgutil.walk_packages(package.__path__, "sendung."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of what needs an extra
                importlib.import_module(module.name)
    for name in _MORE:
        importlib.import_module(name)
    _compile_templates()


def _compile_templates() -> None:
    """Let all forks have the pages' templates compiled, as a publish has them from its first page on."""
    from sendung.website.environment import renderer_of
    from tests.website.samples import full_show

    templates = renderer_of(full_show("https://cdn.example"), None).environment
    for name in templates.list_templates(["html"]):
        templates.get_template(name)


def _serve(orders: socket.socket) -> None:
    """Fork for each order, and let a fork in between wait for the end and tell it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, files, _, _ = socket.recv_fds(orders, 1, 5)
        if not message:
            return
        if os.fork() == 0:
            orders.close()
            _wait(files)
        for file in files:
            os.close(file)


def _wait(files: Sequence[int]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    paper, *streams, answer = files
    child = os.fork()
    if child == 0:
        os.close(answer)
        with os.fdopen(paper, encoding="utf-8") as order:
            _become(json.loads(order.read()), streams)
    _, status = os.waitpid(child, 0)
    os.write(answer, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(order: dict[str, Any], streams: Sequence[int]) -> NoReturn:
    """Be `python -m sendung`, or another module, as the order wants it."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(open(2, "wb", 0), "utf-8", "backslashreplace", write_through=True)  # noqa: SIM115
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["folder"])
    os.umask(order["mask"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None
    code: object = 0
    try:
        if order["module"]:
            importlib.import_module(order["module"]).main(order["arguments"])
        else:
            _run_program(order["arguments"])
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  as Python would end
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _run_program(arguments: Sequence[str]) -> None:
    import sendung.cli

    own = ModuleType("__main__")
    own.__package__ = "sendung"
    sys.modules["__main__"] = own
    sys.argv = [str(Path(sendung.cli.__file__).parent.parent / "__main__.py"), *arguments]
    sendung.cli.program()


if __name__ == "__main__":
    warm_up()
    with socket.socket(fileno=int(sys.argv[1])) as line:
        _serve(line)
