"""sendung verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    JsonOption,
    NotesOption,
    PrivateOption,
    ShowOption,
    StrictOption,
    open_show_alone,
    terminal,
)
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.workflows.verify.flow import Verified


def verify(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="A feed's address, instead of that of the show here.")
    ] = None,
    latest: Annotated[
        int | None, typer.Option("--latest", metavar="N", min=1, help="Look at the newest N episodes only.")
    ] = None,
    show: ShowOption = None,
    strict: StrictOption = False,
    notes: NotesOption = False,
    allow_private: PrivateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the published show as an app sees it: fetch the feed and all that it names, and judge how it is served.

    Example: sendung verify --latest 3
    """
    from sendung import net
    from sendung.cli.output import print_json, problems_of
    from sendung.core.errors import SendungError
    from sendung.workflows.verify.flow import verify as run

    try:
        feed_url, allow = (url, ()) if url else _published(show)
        done = run(
            feed_url, net.NetPolicy(allow_private=allow_private), terminal(quiet=as_json), latest=latest, allow=allow
        )
    except SendungError as error:
        if as_json:
            print_json({"feed_url": url, "problems": problems_of(error)})
        raise
    _print(done, as_json=as_json, notes=notes, strict=strict)


def _published(show: ShowOption) -> tuple[str, tuple[str, ...]]:
    """The feed's address, and the ids of the rules that the show may break."""
    config = open_show_alone(show)
    return f"{config.file.store.public_url}/feed.xml", config.file.allow


def _print(verified: Verified, *, as_json: bool, notes: bool, strict: bool) -> None:
    """Say what was found, and raise what makes the command fail."""
    from sendung.cli.output import count, print_json, problem_value
    from sendung.cli.terminal import error_console, print_problem
    from sendung.core.errors import RulesError, Severity

    warnings = [problem for problem in verified.problems if problem.severity is Severity.WARNING]
    if as_json:
        document = {"feed_url": verified.feed_url, "episodes": verified.episodes, "addresses": verified.addresses}
        print_json({**document, "problems": [problem_value(problem) for problem in verified.problems]})
    else:
        console = error_console()
        for problem in verified.problems:
            if problem.severity is Severity.WARNING or (notes and problem.severity is Severity.NOTE):
                print_problem(console, problem)
    if verified.error:
        raise verified.error
    if strict and warnings:
        raise RulesError("There are warnings, and --strict wants none.", "Mend them, or leave --strict out.")
    if not as_json:
        counted = say(", {count}", count=count(len(warnings), "warning")) if warnings else ""
        looked_at = told(
            "{count} and {addresses} addresses were looked at",
            count=count(verified.episodes, "episode"),
            addresses=verified.addresses,
        )
        typer.echo(
            told(
                "“{title}” is served well: {looked_at}{counted}.",
                title=verified.title,
                looked_at=looked_at,
                counted=counted,
            )
        )
