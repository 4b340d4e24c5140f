"""sendung publish."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.context import (
    EpisodesArgument,
    JsonOption,
    OverrideOption,
    ShowOption,
    StoreOption,
    YesOption,
    desk,
    find_folders,
    open_show,
    open_store,
    terminal,
)

if TYPE_CHECKING:
    from sendung.config.show import ShowConfig
    from sendung.model import Show
    from sendung.prepare import Prepared
    from sendung.publish import Outcome
    from sendung.store.interface import Store


def publish(
    episodes: EpisodesArgument = None,
    every: Annotated[bool, typer.Option("--all", help="Publish every draft that is new or edited.")] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but write to the store, and print what would be sent.")
    ] = False,
    yes: YesOption = False,
    remaster: Annotated[
        bool, typer.Option("--remaster", help="Publish unchanged drafts, too, with the audio settings of show.yaml.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Make visible what was published before and whose date has come.")
    ] = False,
    override: OverrideOption = None,
    fetch_article: Annotated[
        bool,
        typer.Option("--fetch-article", help="Fill the articles' cards on listen pages from the articles' own pages."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show warnings and errors only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Publish episodes: master, tag, upload, record, and list them in the feed.

    Every mistake is found before anything is sent. Run it again after any failure: it goes on where it ended, and
    when nothing changed it sends nothing.

    Examples: sendung publish realitaetscheck-autoindustrie · sendung publish --all --dry-run · sendung publish --due
    """
    from sendung.cli.report import failure_document, outcome_document, print_json, print_outcome
    from sendung.errors import SendungError
    from sendung.store import DryRunStore

    names = episodes or []
    try:
        config = open_show(show)
        folders = _folders(config, names, every=every, due=due)
        place = open_store(config, store)
        place = DryRunStore(place) if dry_run else place
        wishes = _Wishes(
            yes=yes or as_json or dry_run,
            remaster=remaster,
            quiet=quiet or as_json,
            override=override or [],
            fetch_article=fetch_article,
            dry_run=dry_run,
        )
        outcome = _run_due(config, place, wishes) if due else _run(folders, config, place, wishes)
    except SendungError as error:
        if as_json:
            print_json(failure_document(names, error))
        raise
    if as_json:
        print_json(outcome_document(outcome, place.writes))
    elif not quiet:
        print_outcome(outcome, place.writes, dry_run=dry_run)
    failure = outcome.error or (outcome.stale if names else None)
    if failure:
        raise failure


@dataclass(frozen=True)
class _Wishes:
    """What the options ask for."""

    yes: bool
    remaster: bool
    quiet: bool
    override: list[str]
    fetch_article: bool
    dry_run: bool


def _folders(config: ShowConfig, names: list[str], *, every: bool, due: bool) -> list[Path]:
    from sendung.config.episode import find_drafts
    from sendung.errors import UsageError

    if (bool(names), every, due).count(True) > 1:
        raise UsageError("Named episodes, --all and --due exclude each other.", "Use one of them.")
    if due:
        return []
    if names:
        return find_folders(config, names)
    drafts = find_drafts(config)
    if not every:
        have = ", ".join(folder.name for folder in drafts) or "none yet"
        raise UsageError(
            "Which episode?", f"Name one, or use --all for what is new or edited. The episodes here: {have}."
        )
    return drafts


def _run_due(config: ShowConfig, store: Store, wishes: _Wishes) -> Outcome:
    from sendung.publish import Outcome, publish_due

    archive = publish_due(
        store, desk(config, announces=not wishes.dry_run), terminal(quiet=wishes.quiet), override=wishes.override
    )
    return Outcome(archive.show.show if archive.show else None, ())


def _run(folders: list[Path], config: ShowConfig, store: Store, wishes: _Wishes) -> Outcome:
    from rich.console import Console

    from sendung import web
    from sendung.cli.report import print_card
    from sendung.publish import publish as run

    console = Console(highlight=False)
    asks = console.is_terminal and sys.stdin.isatty() and not wishes.yes

    def approve(ready: Sequence[Prepared], facts: Show) -> None:
        if not wishes.quiet and not wishes.yes:
            for one in ready:
                print_card(console, one, facts)
        if asks and ready and not typer.confirm("Publish?", default=True):
            typer.echo("Nothing was sent.")
            raise typer.Exit

    progress = terminal(quiet=wishes.quiet)
    return run(
        folders,
        config,
        store,
        desk(config, web.PUBLIC if wishes.fetch_article else None, announces=not wishes.dry_run),
        progress,
        approve=approve,
        remaster=wishes.remaster,
        override=wishes.override,
    )
