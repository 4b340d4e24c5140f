"""Every command that a message names is one that the program takes, as it stands there.

Messages are all texts in the source that are no docstring, and their translations; the docs' commands have a test of
their own, and so have the examples of --help.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.messages.pofile import read_po

from sendung.cli.app import app
from sendung.workflows.doctor.services import Service

SOURCE = Path(__file__).parents[2] / "src/sendung"
GROUP: Any = typer.main.get_command(app)
_ENDS = '.,:;!?)"”“`'
_VALUE = re.compile(r"""\{[^}]*\}|"[^"]*"|[A-Z]+(\.\.\.)?|\S+://\S+|\S*\d\S*|\[\S+\]|[\w./]+-[\w.-]+|[\w.]+@\S+""")
"""A word that is an argument, and not the sentence that goes on: a placeholder, a name in capitals, an address."""

_WORDS = {service.value for service in Service}
"""Words of small letters that are values of an option."""


def messages() -> Iterator[tuple[str, str]]:
    """Every text that could name a command, and where it is."""
    for file in sorted(SOURCE.rglob("*.py")):
        source = file.read_text("utf-8")
        if "sendung " in source:
            for line, text in texts_of(ast.parse(source)):
                yield f"{file.relative_to(SOURCE)}:{line}", text
    for file in sorted(SOURCE.rglob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened):
                for text in [message.string] if isinstance(message.string, str) else message.string or ():
                    yield f"{file.relative_to(SOURCE)}:{message.lineno}", text


def texts_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the words of every text in a module that is no docstring."""
    described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values]
            yield node.lineno, "".join(parts)
            described |= {id(part) for part in node.values}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.lineno, node.value


def named_in(text: str) -> Iterator[list[str]]:
    """The words of each command in a text, after the program's name."""
    for match in re.finditer(r"(?<![\w/.-])sendung (?=(\S+))", text):
        sentence = re.split("\n|  ", text[match.end() :], maxsplit=1)[0]
        words = re.findall(r'"[^"]*"\S*|\S+', sentence)
        name = words[0].strip(_ENDS)
        command = GROUP.commands.get(name)
        if command is None:
            if name.startswith("--"):
                yield [name]
            continue
        yield [name, *_arguments(command, words)]


def _arguments(command: Any, words: list[str]) -> Iterator[str]:
    """The words that belong to a command, of those of a sentence that begin with its name."""
    takes_value = False
    for before, word in pairwise(words):
        if before[-1] in _ENDS and not before.endswith("..."):
            return
        bare = word if word[0] == '"' else word.rstrip(_ENDS) or word
        if bare in getattr(command, "commands", {}):
            command = command.commands[bare]
        elif bare.startswith("--") and not takes_value:
            options = {name: parameter for parameter in command.params for name in parameter.opts}
            takes_value = bare in options and not options[bare].is_flag
            yield bare
            continue
        elif takes_value and not _VALUE.fullmatch(bare) and bare not in _WORDS:
            return  # the sentence goes on, and the option is without its value
        elif not takes_value and not _VALUE.fullmatch(bare) and bare not in _choices(command):
            return
        takes_value = False
        yield "1" if bare.startswith("{") else bare.strip("\"'")


def _choices(command: Any) -> set[str]:
    """What the arguments of a command may be, where that is a list of words."""
    arguments = [parameter for parameter in command.params if not parameter.opts[0].startswith("-")]
    kinds: list[Any] = [parameter.type_descriptor.annotation for parameter in arguments]
    return {str(choice) for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for choice in kind}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Run sendung publish --due by hand.", ["publish", "--due"]),
        ("(sendung check {slug}), or move it away", ["check", "1"]),
        ("sendung doctor --policy prints what to set", ["doctor", "--policy"]),
        ("`sendung customers add NAME`.", ["customers", "add", "NAME"]),
        ("sendung publishes into a store", None),
        ("what sendung transcribe wrote, read or not", ["transcribe"]),
    ],
)
def test_what_is_taken_for_a_command(text: str, words: list[str] | None) -> None:
    assert list(named_in(text)) == ([words] if words else [])


def fault_of(words: Sequence[str]) -> str:
    """What the real command line says to these words, which it only parses: something is missing, or not there."""
    context = typer.Context(GROUP, info_name="sendung")
    command, arguments = GROUP, list(words)
    if arguments[0].startswith("--"):
        known = {option for parameter in GROUP.get_params(context) for option in parameter.opts}
        return "" if arguments[0] in known else "no such option"
    try:
        while hasattr(command, "commands"):
            if not arguments or "--help" in arguments:
                return ""
            name, command, arguments = command.resolve_command(context, arguments)
            context = command.make_context(str(name), list(arguments), parent=context)
    except Exception as error:  # noqa: BLE001  typer brings a click of its own, whose errors have no public name
        return str(error)
    return ""


def test_the_program_takes_every_command_that_a_message_names() -> None:
    named = {(place, tuple(words)) for place, text in messages() for words in named_in(text)}
    assert len(named) > 60
    faults = {f"{place}: sendung {' '.join(words)}": fault_of(words) for place, words in sorted(named)}
    assert not {command: fault for command, fault in faults.items() if fault}


def test_every_command_that_reaches_the_web_has_the_option_that_a_refusal_names() -> None:
    """Addresses that are not public are refused by net/request.py, whose sentence says --allow-private."""
    reaching = {
        file.stem.replace("importer", "import")
        for file in (SOURCE / "cli").glob("*.py")
        if re.search("net_policy\\(|NetPolicy\\(", file.read_text("utf-8")) and file.stem != "options"
    }
    assert {"publish", "check", "verify", "new", "diff", "preview", "doctor"} <= reaching
    for name in reaching | {"import"}:
        assert any("--allow-private" in parameter.opts for parameter in GROUP.commands[name].params), name
