"""A page's shell blocks, run in order by one shell, and what each of them printed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

_BLOCK = re.compile(r"(?:^<!-- test: ([^\n]*) -->\n)?^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUBSTITUTED = "the environment that the test runs in stands in for this block"
BACKGROUND = "goes on in the background"
_DECIMAL = re.compile(r"\d+[.,]\d+")
_PRELUDE = "set -e\n"
_PORT = re.compile(r"--port (\d+)")
_WAIT = """
for i in $(seq 600); do
  if (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; then break; fi
  sleep 0.1
done
(exec 3<>/dev/tcp/127.0.0.1/{port})
"""


@dataclass(frozen=True)
class Block:
    """Commands as they stand on the page, what the page says of them, and the lines that they are to print."""

    commands: str
    mark: str
    printed: tuple[str, ...] = ()


def blocks_of(page: str) -> list[Block]:
    """A page's shell blocks, each with the `text` block that follows it, if there is one."""
    blocks: list[Block] = []
    for mark, language, content in _BLOCK.findall(page):
        if language == "sh":
            blocks.append(Block(content, mark))
        else:
            blocks[-1] = replace(blocks[-1], printed=tuple(content.splitlines()))
    return blocks


def missing_lines(block: Block, printed: str) -> list[str]:
    """What a block should have printed and did not. Decimals may differ: they depend on ffmpeg's version."""
    lines = set(_DECIMAL.sub("#", printed).splitlines())
    return [line for line in block.printed if _DECIMAL.sub("#", line) not in lines]


def free_port() -> str:
    """A port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def program_on_path(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which `sendung` and `python3` are those of this test, as after the installation."""
    return {**environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@contextmanager
def run_blocks(blocks: Sequence[Block], folder: Path, **more: str) -> Iterator[list[str]]:
    """Run blocks in a folder, and give what each printed; what they left running is stopped at the end.

    A block that goes on in the background ends with a `--port`, and the next one waits until somebody listens there.

    Raises AssertionError, with what was printed, if a command fails.
    """
    outputs = folder.with_name(folder.name + "-output")
    outputs.mkdir()
    script = _PRELUDE
    for number, block in enumerate(blocks):
        script += f"exec > {outputs}/{number} 2>&1\n"
        if block.mark == BACKGROUND:
            script += f"{{\n{block.commands}}} &\n" + _WAIT.format(port=_PORT.findall(block.commands)[-1])
        elif block.mark != SUBSTITUTED:
            script += block.commands
    script += f"touch {outputs}/done\nwait\n"
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "LC_ALL": "C.UTF-8", **more}
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while process.poll() is None and not (outputs / "done").exists():
            time.sleep(0.1)
        printed = [(outputs / str(number)).read_text("utf-8") for number in range(len(list(outputs.glob("[0-9]*"))))]
        assert (outputs / "done").exists(), f"{blocks[len(printed) - 1].commands}\n{printed[-1]}"
        yield printed
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
