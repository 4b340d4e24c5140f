"""sendung publish."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    EpisodesArgument,
    FetchOption,
    JsonOption,
    OverrideOption,
    PrivateOption,
    ShowOption,
    StoreOption,
    YesOption,
    clock,
    find_folders,
    net_policy,
    open_show,
    open_store,
    run_context,
    terminal,
)

if TYPE_CHECKING:
    from sendung.cli.terminal import Terminal
    from sendung.config.show import ShowConfig
    from sendung.core.model import Show
    from sendung.store.interface import Store
    from sendung.workflows.context import RunContext
    from sendung.workflows.drafts.candidate import Candidate
    from sendung.workflows.publish.result import Outcome


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
    fetch_article: FetchOption = None,
    allow_private: PrivateOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show warnings and errors only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on stderr how long each step and each request took.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Publish episodes: master, tag, upload, record, and list them in the feed.

    Without an EPISODE it lists what is new or edited, and asks. Every mistake is found before anything is sent. Run it
    again after any failure: it goes on where it ended, and when nothing changed it sends nothing.

    Examples: sendung publish · sendung publish realitaetscheck-autoindustrie · sendung publish --all --dry-run ·
    sendung publish --due --quiet
    """
    from sendung.cli.output import failure_document, outcome_document, print_json
    from sendung.core.errors import SendungError

    names = episodes or []
    wishes = _Wishes(
        yes=yes or as_json or dry_run,
        remaster=remaster,
        quiet=quiet or as_json,
        override=override or [],
        fetch_article=fetch_article,
        allow_private=allow_private,
        dry_run=dry_run,
    )
    progress = terminal(quiet=wishes.quiet, verbose=verbose)
    try:
        config = open_show(show)
        place = _open(config, store, progress, wishes)
        if due:
            _exclude(names, every=every)
            outcome = _run_due(config, place, wishes, progress)
        else:
            outcome = _run(_folders(config, place, names, wishes, every=every), config, place, wishes, progress)
        progress.end_step()
        if not names:
            _warn_of_stale(outcome, progress)
    except SendungError as error:
        if as_json:
            print_json(failure_document(names, error, progress.warnings))
        raise
    if as_json:
        print_json(outcome_document(outcome, place.writes, progress.warnings))
    elif not quiet:
        _print(outcome, place, dry_run=dry_run)
    failure = outcome.error or (outcome.stale if names else None)
    if failure:
        raise failure


def _warn_of_stale(outcome: Outcome, progress: Terminal) -> None:
    for problem in outcome.stale.problems if outcome.stale else ():
        progress.warn(problem.message, problem.hint)


@dataclass(frozen=True)
class _Wishes:
    """What the options ask for."""

    yes: bool
    remaster: bool
    quiet: bool
    override: list[str]
    fetch_article: bool | None
    allow_private: bool
    dry_run: bool

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and sys.stdout.isatty() and not self.yes and not self.quiet


def _open(config: ShowConfig, url: str | None, progress: Terminal, wishes: _Wishes) -> Store:
    """The store; it tells `progress` of each request."""
    import platform
    import time

    from sendung.core.version import __version__
    from sendung.store import DryRunStore, LoggedStore

    place = open_store(config, url)
    progress.tell(f"sendung {__version__}, Python {platform.python_version()}, store {place.name}")
    logged = LoggedStore(place, progress.tell, time.monotonic)
    return DryRunStore(logged) if wishes.dry_run else logged


def _exclude(names: list[str], *, every: bool, due: bool = True) -> None:
    from sendung.core.errors import UsageError

    if (bool(names), every, due).count(True) > 1:
        raise UsageError("Named episodes, --all and --due exclude each other.", "Use one of them.")


def _folders(config: ShowConfig, store: Store, names: list[str], wishes: _Wishes, *, every: bool) -> list[Path]:
    """The episodes that are meant. Raises UsageError if that cannot be known, and there is nobody to ask."""
    from sendung.config.episode import find_drafts
    from sendung.core.errors import UsageError

    _exclude(names, every=every, due=False)
    if names:
        return find_folders(config, names)
    drafts = find_drafts(config)
    if every:
        return drafts
    if wishes.may_ask:
        from sendung.cli.pick import choose

        return choose(config, run_context(config, store))
    have = ", ".join(folder.name for folder in drafts) or "none yet"
    raise UsageError("Which episode?", f"Name one, or use --all for what is new or edited. The episodes here: {have}.")


def _run_due(config: ShowConfig, store: Store, wishes: _Wishes, progress: Terminal) -> Outcome:
    from sendung.workflows.publish.flow import publish_due
    from sendung.workflows.publish.result import Outcome

    archive = publish_due(_context(config, store, wishes, progress))
    return Outcome(archive.show.show if archive.show else None, ())


def _context(config: ShowConfig, store: Store, wishes: _Wishes, progress: Terminal) -> RunContext:
    return run_context(
        config,
        store,
        progress=progress,
        overrides=frozenset(wishes.override),
        announces=not wishes.dry_run,
        policy=net_policy(config, wishes.fetch_article, allow_private=wishes.allow_private),
    )


def _run(folders: list[Path], config: ShowConfig, store: Store, wishes: _Wishes, progress: Terminal) -> Outcome:
    from rich.console import Console

    from sendung.cli.summary import print_card
    from sendung.workflows.publish.flow import PublishOptions
    from sendung.workflows.publish.flow import publish as run

    console = Console(highlight=False)

    def approve(candidates: Sequence[Candidate], show: Show) -> None:
        if not wishes.quiet:
            for candidate in candidates:
                print_card(console, candidate, show, clock())
        if wishes.may_ask and candidates and not typer.confirm("Publish?", default=True):
            typer.echo("Nothing was sent.")
            raise typer.Exit

    options = PublishOptions(remaster=wishes.remaster, approve=approve)
    return run(folders, config, _context(config, store, wishes, progress), options)


def _print(outcome: Outcome, store: Store, *, dry_run: bool) -> None:
    from rich.console import Console

    from sendung.cli.output import print_sent
    from sendung.cli.summary import print_outcome

    console = Console(highlight=False)
    print_outcome(console, outcome, dry_run=dry_run)
    if store.writes or not outcome.error:
        print_sent(console, store.writes, dry_run=dry_run, left_alone=outcome.stale is not None)
