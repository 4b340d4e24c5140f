"""What Tab offers in bash, zsh and fish, by the protocol that the installed scripts speak."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.screen import Screen

PROGRAM = Path(sys.executable).with_name("sendung")


def needs(shell: str) -> bool:
    """Whether a shell is missing; with CI set it must be there."""
    return not shutil.which(shell) and not os.environ.get("CI")


def complete(workshop: Workshop, shell: str, line: str) -> str:
    """What the program answers to a shell; the last word of the line is the one that is not finished."""
    environment = {
        "_SENDUNG_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    variables = workshop.variables(**environment)
    done = subprocess.run(
        [PROGRAM], check=True, cwd=workshop.folder, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.fixture
def two(workshop: Workshop) -> Workshop:
    """A show with two drafts, one of which cannot be read."""
    workshop.write("episodes/zweiter-ton/episode.yaml", b"title: \xff\xfe")
    return workshop


@pytest.mark.parametrize(
    ("shell", "offered"),
    [
        ("bash", "erster-ton"),
        ("zsh", """_arguments '*: :(("erster-ton":"Der erste Ton"))'"""),
        ("fish", "erster-ton\tDer erste Ton"),
    ],
)
def test_slugs_are_offered_with_their_titles(shell: str, offered: str, two: Workshop) -> None:
    assert complete(two, shell, "sendung publish erst") == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sendung audio ", {"erster-ton", "zweiter-ton"}),
        ("sendung publish erster-ton z", {"zweiter-ton"}),
        ("sendung publish --override ", {"erster-ton", "zweiter-ton", "show"}),
        ("sendung wi", {"withdraw"}),
        ("sendung publish --fetch", {"--fetch-article"}),
    ],
    ids=lambda value: value.strip().replace(" ", "_") if isinstance(value, str) else "",
)
def test_bash_is_offered(line: str, offered: set[str], two: Workshop) -> None:
    assert set(complete(two, "bash", line).split()) == offered


def test_the_script_for_bash_completes_in_bash(two: Workshop) -> None:
    script = f"""
    export PATH={PROGRAM.parent}:$PATH
    source <(_SENDUNG_COMPLETE=source_bash sendung)
    COMP_WORDS=(sendung links z) COMP_CWORD=2
    _sendung_completion sendung
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    command = ["bash", "--norc", "-c", script]
    done = subprocess.run(
        command, check=True, cwd=two.folder, env=two.variables(), capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("zweiter-ton\n", "")


class ZshScreen(Screen):
    """A zsh without anybody's settings."""

    program = ("zsh", "-f", "-i")


@pytest.mark.skipif(needs("zsh"), reason="zsh is not installed")
def test_the_script_for_zsh_completes_in_zsh(two: Workshop) -> None:
    variables = two.variables(PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", ZDOTDIR=str(two.folder))
    with ZshScreen([], two.folder, variables, 100) as screen:
        screen.type("PS1=; autoload -U compinit; compinit -D; source <(_SENDUNG_COMPLETE=source_zsh sendung)\n")
        screen.type('echo RE""ADY\n')
        screen.expect("READY\n")
        screen.type("sendung links z\t")
        screen.expect("zweiter-ton")
        screen.type("\x03exit\n")


@pytest.mark.skipif(needs("fish"), reason="fish is not installed")
def test_the_script_for_fish_completes_in_fish(two: Workshop) -> None:
    script = 'source (env _SENDUNG_COMPLETE=source_fish sendung | psub); complete -C "sendung publish erst"'
    variables = two.variables(PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", HOME=str(two.folder.parent))
    command = ["fish", "--no-config", "-c", script]
    done = subprocess.run(
        command, check=True, cwd=two.folder, env=variables, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("erster-ton\tDer erste Ton\n", "")


def test_without_a_show_nothing_is_offered_and_nothing_is_said(two: Workshop) -> None:
    assert complete(two, "bash", "sendung publish --show /nowhere/at/all ") == ""
    two.path(FIRST).parent.rename(two.path("other"))
    assert complete(two, "bash", "sendung publish ") == ""
