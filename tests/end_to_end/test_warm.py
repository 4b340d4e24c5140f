"""The fork that runs most tests' commands is the program as its users start it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.end_to_end.conftest import Workshop
from tests.warm import fits, warm_program


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("check", "--json"), ("status",), ("publish", "niemand"), ("nonsense",)]
)
def test_a_fork_says_what_a_process_of_its_own_says(workshop: Workshop, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "sendung", *arguments]
    done = subprocess.run(command, cwd=workshop.folder, env=workshop.variables(), capture_output=True, check=False)
    variables = workshop.variables()
    assert warm_program().run(arguments, workshop.folder, variables) == (done.returncode, done.stdout, done.stderr)


def test_what_is_decided_while_python_starts_is_not_for_a_fork() -> None:
    assert fits(os.environ)
    assert fits({**os.environ, "SENDUNG_BY": "sven"})
    assert not fits({**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert not fits({**os.environ, "LC_ALL": "C"})
