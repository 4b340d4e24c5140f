"""The commands in their groups, and what becomes of errors."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from inspect import get_annotations
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sendung.cli import (
    audio,
    check,
    clip,
    customers,
    diff,
    doctor,
    importer,
    init,
    links,
    log,
    new,
    newsletter,
    preview,
    prune,
    publish,
    pull,
    rebuild,
    remaster,
    rename,
    rollback,
    serve,
    stats,
    status,
    transcribe,
    translate,
    verify,
    withdraw,
)
from sendung.cli.faults import machine_faults
from sendung.cli.help import help_of
from sendung.cli.language import speak
from sendung.cli.prose import echo
from sendung.cli.typer_words import Command, paragraphs, tell, tell_parameters, usage
from sendung.core.errors import EXIT_CODES, SendungError, exit_code
from sendung.core.version import __version__
from sendung.core.words import say, told

_EPISODES, _HISTORY, _LISTENING = say("Episodes"), say("Going back"), say("Listening")
_CARE, _MOVING = say("Looking after it"), say("Starting here")
_CODES = [(0, say("done")), *sorted(EXIT_CODES.values())]

STOPPED = 130
"""The exit code after Ctrl-C, as shells have it."""


class _Commands(TyperGroup):
    """The commands; Ctrl-C, at a question too, ends each with a sentence and 130."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            echo(told("\nStopped. The same command goes on where this one ended."), err=True)
            raise typer.Exit(STOPPED) from None
        except Exception as error:
            tell(error)
            raise

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Take the command line apart."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            tell(error)
            raise

    def get_usage(self, ctx: Any) -> str:
        """The line that begins the help."""
        return usage(super().get_usage(ctx)).replace("COMMAND [ARGS]...", told("COMMAND [ARGS]..."))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The commands in their groups, as plain text: typer's own way loads a Markdown parser and a highlighter."""
        formatter.write(f"{self.get_usage(ctx)}\n")
        self.help = paragraphs(self.help or "")
        self.format_help_text(ctx, formatter)
        formatter.write(told("\n  sendung COMMAND --help tells the rest, with examples.\n"))
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            panels.setdefault(command.rich_help_panel, []).append((name, told(command.help.partition("\n\n")[0])))
        width = max(len(name) for rows in panels.values() for name, _ in rows)
        for panel, rows in panels.items():
            with formatter.section(told(panel)):
                formatter.write_dl([(f"{name:<{width}}", words) for name, words in rows])
        tell_parameters(self.get_params(ctx))
        options = [parameter.get_help_record(ctx) for parameter in self.get_params(ctx)]
        with formatter.section(told("Options")):
            formatter.write_dl([record for record in options if record])
        with formatter.section(told("Exit codes")):
            for code, meaning in _CODES:
                formatter.write_text(f"{code} {told(meaning)}")


app = typer.Typer(
    name="sendung",
    cls=_Commands,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _add(panel: str, *commands: Callable[..., None]) -> None:
    """Add commands to a group of `--help`; the name is the function's."""
    for command in commands:
        # Typer evaluates annotations three times over, which took a tenth of the time of --help.
        command.__annotations__ = get_annotations(command, eval_str=True)
        help_text = help_of(command)
        name = command.__name__.strip("_")
        app.command(name, cls=Command, rich_help_panel=panel, help=help_text.text, epilog=help_text.epilog)(command)


_add(_EPISODES, new.new, preview.preview, publish.publish, check.check, audio.audio, status.status, diff.diff)
_add(_EPISODES, transcribe.transcribe, pull.pull, rename.rename, translate.translate)
_add(_HISTORY, log.log, rollback.rollback, withdraw.withdraw, rebuild.rebuild, prune.prune)
_add(_CARE, doctor.doctor, remaster.remaster)
_add(_LISTENING, links.links, newsletter.newsletter, clip.clip, serve.serve, verify.verify, stats.stats)
_add(_LISTENING, customers.customers)
_add(_MOVING, init.init, importer.import_)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sendung {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Publish podcast episodes: mastered, tagged, stored, in the feed, and linked with their articles.

    Without a COMMAND it shows how the show of this folder stands, and what to do next.
    """
    if context.invoked_subcommand is None:
        from sendung.cli.desk import show_desk

        show_desk()


def program() -> None:
    """The command `sendung`: `main` in a process of its own, which ends with it."""
    collect_seldom()
    try:
        main()
    except SystemExit as end:
        leave(end.code)
        raise


def main() -> None:
    """Run the command line, and turn whatever goes wrong into a sentence and an exit code."""
    _print_anywhere()
    speak()
    try:
        with machine_faults():
            app()
    except SendungError as error:
        from sendung.cli.terminal import print_error

        print_error(error)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # Whoever read the output has gone; without this Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the one place where bugs end
        print_bug(error)
        sys.exit(exit_code(error))


def _print_anywhere() -> None:
    """A terminal that lacks a character gets a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def collect_seldom() -> None:
    """Let Python search for cycles less often: records have none, and it would go through thousands again and again.

    That took a third of a publish into a show of 5,000 episodes.
    """
    gc.set_threshold(1_000_000, 20, 100)


def leave(code: object) -> None:
    """End now, with a SystemExit's code, if that is a number and all output is out; else return.

    Python's own way takes records to pieces one by one, and, after Ctrl-C, waits for threads that wait for a store.
    Nothing here needs cleaning.
    """
    number = 0 if code is None else code
    if not isinstance(number, int):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read the output may have gone
        if number != STOPPED:
            return
    os._exit(number)


def print_bug(error: Exception) -> None:
    """Say that Sendung has a bug, and where; SENDUNG_DEBUG=1 shows all of it."""
    if os.environ.get("SENDUNG_DEBUG"):
        raise error
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    echo(told("bug: {name} at {where}.", name=type(error).__name__, where=where), err=True)
    echo(told("     Please report it, with what SENDUNG_DEBUG=1 prints; nothing was lost."), err=True)
