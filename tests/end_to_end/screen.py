"""The program on a terminal, as a host sits before it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SECONDS = 60


class Screen:
    """`sendung ARGUMENTS` on a terminal of its own. Use it as a context; leaving it ends the program."""

    program: Sequence[str] = (sys.executable, "-m", "sendung")

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int) -> None:
        self.text = ""
        """What was printed so far, without the controls of colours; each look of a bar is a line."""
        self.raw = b""
        """The same with them."""
        variables = {key: value for key, value in environment.items() if key != "COLUMNS"}
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
            os.chdir(folder)
            os.execvpe(self.program[0], [*self.program, *arguments], {**variables, "TERM": "xterm"})

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._terminal)

    def expect(self, words: str) -> None:
        """Read until some words are there."""
        while words not in self.text:
            assert self._read(), f"{words} did not come:\n{self.text}"

    def type(self, keys: str) -> None:
        """Press keys: "\\n" is Enter, "\\x03" is Ctrl-C."""
        os.write(self._terminal, keys.encode())

    def end(self) -> int:
        """Read until the program ends; its exit code."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def _read(self) -> bool:
        """Take what the program prints next; False once it has ended."""
        assert select.select([self._terminal], [], [], _SECONDS)[0], f"nothing more came:\n{self.text}"
        try:
            self.raw += os.read(self._terminal, 1 << 16)
        except OSError:  # so Linux says that the other end is closed
            return False
        self.text = _CONTROLS.sub("", self.raw.decode("utf-8", "replace")).replace("\r\n", "\n").replace("\r", "\n")
        return True
