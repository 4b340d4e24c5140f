"""Writes docs/reference/ from the commands themselves, and from the errors that they end with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from sendung.cli.app import app
from sendung.cli.help import help_of
from sendung.core.errors import (
    EXIT_CODES,
    AudioError,
    ConfigError,
    ConflictError,
    FetchError,
    RulesError,
    StoreError,
    UsageError,
)

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
MARK = "<!-- This page is generated from the code: make schema -->"

_CODE = re.compile(r"(`[^`]*`)")
_OPTION = re.compile(r"(?<![\w`-])(--[a-z][a-z-]*[a-z])")
_SPECIAL = re.compile(r"[*_]")
_DETAILS: dict[type[BaseException], str] = {
    Exception: "Something that Sendung should have foreseen. One line says where; `SENDUNG_DEBUG=1` prints all of it. "
    "What was published stays as it is, and running the command again is safe.",
    UsageError: "A misspelled option or episode, options that exclude each other, or a question that nobody is there "
    "to answer (then `--yes` helps).",
    ConfigError: "Every mistake is named with file, line and column, all of them at once, before anything is sent.",
    RulesError: "Errors among the [rules](../rules.md); with `--strict` warnings, too.",
    AudioError: "It is said which recording, and what is wrong with it. Nothing was sent.",
    StoreError: "What was sent so far is complete, or nothing names it yet. Run the same command again.",
    FetchError: "An article, a feed, or a file that it names; the message has the address.",
    ConflictError: "Nothing of the other host's was touched. The message says what changed, and how to go on.",
}


def commands() -> str:
    """Every command with what it takes, its options and examples, in the groups of `--help`."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group, info_name="sendung")
    parts = ["# Commands", MARK, _INTRODUCTION, *_options(group, context)]
    panel = ""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command.hidden:
            continue
        if command.rich_help_panel != panel:
            panel = command.rich_help_panel
            parts.append(f"## {panel}")
        parts += _command(command, typer.Context(command, info_name=name, parent=context))
    return "\n\n".join(parts) + "\n"


def exit_codes() -> str:
    """What the process's exit code says, and what to do about it."""
    rows = ["| code | what happened | more |", "|--:|---|---|", "| 0 | done | |"]
    for kind, (code, meaning) in sorted(EXIT_CODES.items(), key=lambda item: item[1]):
        rows.append(f"| {code} | {_text(meaning)} | {_DETAILS[kind]} |")
    rows.append("| 130 | stopped with Ctrl-C | The same command goes on where this one ended. |")
    return "\n\n".join(["# Exit codes", MARK, _CODES, "\n".join(rows)]) + "\n"


_INTRODUCTION = """\
`sendung --help` lists the commands, and `sendung COMMAND --help` says what stands here. Commands that work on a show
look for `show.yaml` in the working directory and above it. Exit codes are on [a page of their own](exit-codes.md),
variables of the environment under [How publishing works](../publishing.md#environment)."""
_CODES = """\
Errors are printed on stderr, each with what to do about it; what a command was asked for goes to stdout, so that it can
be piped. If several things went wrong, the code is the lowest of theirs."""


def _command(command: Any, context: typer.Context) -> Iterator[str]:
    yield f"### `{context.command_path}`"
    said = help_of(command.callback)
    yield from map(_text, said.text.split("\n\n"))
    names = [_argument(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    yield "    " + " ".join([context.command_path, "[OPTIONS]", *names])
    yield from _options(command, context)
    yield "\n".join(["```sh", *said.examples, "```"])


def _options(command: Any, context: typer.Context) -> Iterator[str]:
    known = [each for each in command.get_params(context) if each.help and not each.hidden and each.name != "help"]
    if known:
        yield "\n".join(["| option | meaning |", "|---|---|", *map(_row, known)])


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        names = _argument(parameter)
    else:
        value = "" if parameter.is_flag or parameter.count else f" {parameter.metavar or _metavar(parameter)}"
        names = ", ".join([*parameter.opts, *parameter.secondary_opts]) + value
    return f"| `{_cell(names)}` | {_cell(_text(' '.join([parameter.help, *_notes(parameter)])))} |"


def _argument(parameter: Any) -> str:
    """The name of an argument, in brackets if it may be left out."""
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def _metavar(parameter: Any) -> str:
    return "NUMBER" if isinstance(parameter.default, int) else "TEXT"


def _notes(parameter: Any) -> Iterator[str]:
    default = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    if parameter.show_default and isinstance(default, int | str) and not isinstance(default, bool) and default != "":
        yield f"Default: {default}."
    if parameter.envvar:
        yield f"Also read from the variable `{parameter.envvar}`."


def _text(words: str) -> str:
    """Plain words as Markdown: options become code, and what is code stays as it is."""
    parts = _CODE.split(_OPTION.sub(r"`\1`", words))
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part).replace("<", "&lt;") for part in parts[::2]]
    return "".join(parts)


def _cell(words: str) -> str:
    return words.replace("|", r"\|")


def main() -> None:
    """Write both pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in (("commands.md", commands()), ("exit-codes.md", exit_codes())):
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
