"""sendung publish."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    EachOption,
    EpisodesArgument,
    FetchOption,
    JsonOption,
    NewOption,
    OverrideOption,
    PrivateOption,
    ShowOption,
    StoreOption,
    VerboseOption,
    YesOption,
    ask,
    clock,
    find_folders,
    net_policy,
    open_show,
    open_show_alone,
    open_store,
    run_context,
    terminal,
)
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.cli.terminal import Terminal
    from sendung.config.show import ShowConfig
    from sendung.core.errors import SendungError
    from sendung.core.model import Show
    from sendung.store.interface import Store
    from sendung.workflows.context import RunContext
    from sendung.workflows.drafts.candidate import Batch, Candidate
    from sendung.workflows.publish.result import Outcome


DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Do everything but write to the store, and print what would be sent.")
]


def publish(
    episodes: EpisodesArgument = None,
    every: Annotated[bool, typer.Option("--all", help="Publish every draft that is new or edited.")] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    remaster: Annotated[
        bool, typer.Option("--remaster", help="Publish unchanged drafts, too, with the audio settings of show.yaml.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Make visible what was published before and whose date has come.")
    ] = False,
    override: OverrideOption = None,
    new: NewOption = None,
    fetch_article: FetchOption = None,
    allow_private: PrivateOption = False,
    each: EachOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show warnings and errors only.")] = False,
    verbose: VerboseOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Publish episodes: master, tag, upload, record, and list them in the feed.

    Without an EPISODE it lists what is new or edited, and asks. Every mistake is found before anything is sent. Run it
    again after any failure: it goes on where it ended, and when nothing changed it sends nothing.

    Examples: sendung publish · sendung publish realitaetscheck-autoindustrie · sendung publish --all --dry-run ·
    sendung publish --due --quiet
    """
    from sendung.cli.faults import machine_faults
    from sendung.core.errors import SendungError

    names = episodes or []
    choices = _Choices(
        every=every,
        due=due,
        yes=yes or as_json or dry_run,
        remaster=remaster,
        quiet=quiet or as_json,
        override=override or [],
        new=new or [],
        fetch_article=fetch_article,
        allow_private=allow_private,
        dry_run=dry_run,
        as_json=as_json,
        named=bool(names),
        each=each,
    )
    progress = terminal(quiet=choices.quiet, verbose=verbose)
    try:
        config = open_show_alone(show) if due else open_show(show)
        storage = _open(config, store, progress, choices)
        with machine_faults():
            outcome = _published(names, config, storage, choices, progress)
    except SendungError as error:
        _tell_failure(names, error, choices, progress)
        raise
    _conclude(outcome, config, storage, choices, progress)


@dataclass(frozen=True)
class _Choices:
    """What the options ask for."""

    every: bool
    due: bool
    yes: bool
    remaster: bool
    quiet: bool
    override: list[str]
    new: list[str]
    fetch_article: bool | None
    allow_private: bool
    dry_run: bool
    as_json: bool
    named: bool
    """Whether episodes were named."""
    each: bool
    """Whether each warning is shown, also those of one kind."""

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and sys.stdout.isatty() and not self.yes and not self.quiet


def _tell_failure(names: list[str], error: SendungError, choices: _Choices, progress: Terminal) -> None:
    from sendung.cli.output import failure_document, print_json

    if choices.as_json:
        print_json(failure_document(names, error, progress.warnings))


def _open(config: ShowConfig, url: str | None, progress: Terminal, choices: _Choices) -> Store:
    """The store; it tells `progress` of each request."""
    import platform
    import time

    from sendung.core.version import __version__
    from sendung.store import DryRunStore, LoggedStore

    storage = open_store(config, url)
    progress.tell(
        say(
            "sendung {version}, Python {python}, store {name}",
            version=__version__,
            python=platform.python_version(),
            name=storage.name,
        )
    )
    logged = LoggedStore(storage, progress.tell, time.monotonic)
    return DryRunStore(logged) if choices.dry_run else logged


def _published(names: list[str], config: ShowConfig, store: Store, choices: _Choices, progress: Terminal) -> Outcome:
    """What became of the episodes that are meant. Raises UsageError, and SendungError as publishing does."""
    from sendung.cli.groups import FEW
    from sendung.core.errors import UsageError

    if (bool(names), choices.every, choices.due).count(True) > 1:
        raise UsageError("Named episodes, --all and --due exclude each other.", "Use one of them.")
    if choices.due:
        outcome = _run_due(config, store, choices, progress)
    else:
        folders = _folders(config, store, names, choices)
        with progress.gathering() if len(folders) > FEW and not choices.each else nullcontext():
            outcome = _run(folders, config, store, choices, progress)
            if not names and outcome.conflict is None:
                for problem in outcome.stale.problems if outcome.stale else ():
                    progress.warn(problem.message, problem.hint)
    progress.end_step()
    return outcome


def _folders(config: ShowConfig, store: Store, names: list[str], choices: _Choices) -> list[Path]:
    """The episodes that are meant. Raises UsageError if that cannot be known, and there is nobody to ask."""
    from sendung.config.episode import find_drafts
    from sendung.core.errors import UsageError

    if names:
        return find_folders(config, names)
    drafts = find_drafts(config)
    if choices.every:
        return drafts
    if choices.may_ask:
        from sendung.cli.pick import choose

        return choose(config, run_context(config, store))
    have = ", ".join(folder.name for folder in drafts) or say("none yet")
    raise UsageError(
        "Which episode?", say("Name one, or use --all for what is new or edited. The episodes here: {have}.", have=have)
    )


def _run_due(config: ShowConfig, store: Store, choices: _Choices, progress: Terminal) -> Outcome:
    from sendung.workflows.publish.due import run_due

    return run_due(_context(config, store, choices, progress)).outcome


def _context(config: ShowConfig, store: Store, choices: _Choices, progress: Terminal) -> RunContext:
    """The run. Raises UsageError for an override that is nobody's."""
    from sendung.config.episode import find_drafts
    from sendung.workflows.publish.overrides import resolve_overrides

    run = run_context(
        config,
        store,
        progress=progress,
        overrides=frozenset(choices.override),
        new=frozenset(choices.new),
        announces=not choices.dry_run,
        policy=net_policy(config, choices.fetch_article, allow_private=choices.allow_private),
    )
    return resolve_overrides(run, [folder.name for folder in find_drafts(config)])


def _run(folders: list[Path], config: ShowConfig, store: Store, choices: _Choices, progress: Terminal) -> Outcome:
    from sendung.workflows.publish.flow import PublishOptions
    from sendung.workflows.publish.flow import publish as run

    talk = _Talk(choices, progress)
    options = PublishOptions(remaster=choices.remaster, approve=talk.approve, agree=talk.agree)
    return run(folders, config, _context(config, store, choices, progress), options)


@dataclass
class _Talk:
    """What a host is shown and asked before anything is sent."""

    choices: _Choices
    progress: Terminal
    agreed: bool = False
    """Whether all was asked."""

    def agree(self, batch: Batch) -> bool:
        """Many episodes are shown before they are mastered: nobody waits for hours to be asked then."""
        from rich.console import Console

        from sendung.cli.bulk import print_plan
        from sendung.cli.groups import FEW

        number = len(batch.sound)
        if number <= FEW:
            return not self.choices.may_ask
        self.progress.show_held()
        if not self.choices.quiet:
            print_plan(Console(highlight=False), batch.sound, batch.config.zone)
        question = "Publish these {number} episodes? Each is sent as soon as it is mastered."
        self._ask(told(question, number=number))
        self.agreed = True
        return True

    def approve(self, candidates: Sequence[Candidate], show: Show) -> None:
        """A few are shown as they will be."""
        from rich.console import Console

        from sendung.cli.summary import print_card

        if not candidates or self.agreed:
            return
        if not self.choices.quiet:
            for candidate in candidates:
                print_card(Console(highlight=False), candidate, show, clock())
        self._ask(told("Publish?"))

    def _ask(self, question: str) -> None:
        if self.choices.may_ask and not ask(question):
            echo(told("Nothing was sent."))
            raise typer.Exit


def _gap(outcome: Outcome, store: Store, choices: _Choices, progress: Terminal) -> str:
    """What keeps what was scheduled just now from becoming visible; a warning, where there is nobody to ask."""
    from sendung.cli.schedule import gap_words

    if choices.dry_run or not any(result.new and str(result.status) == "scheduled" for result in outcome.episodes):
        return ""
    words = gap_words(store, clock())
    if words and not choices.may_ask:
        progress.warn(words, "docs/scheduling.md says how to have it run by cron, systemd or GitHub.")
    return words if choices.may_ask else ""


def _conclude(outcome: Outcome, config: ShowConfig, store: Store, choices: _Choices, progress: Terminal) -> None:
    """Say what was done, and raise what was not, among it an edit that was left alone, or a stale draft if named."""
    from rich.console import Console

    from sendung.cli.output import outcome_document, print_json, print_sent
    from sendung.cli.schedule import offer_timer
    from sendung.cli.summary import print_outcome
    from sendung.workflows.publish.due import DUE_KEY

    gap = _gap(outcome, store, choices, progress)
    sent = [write for write in store.writes if write.key != DUE_KEY]
    if choices.as_json:
        print_json(outcome_document(outcome, sent, progress.warnings))
    elif not choices.quiet:
        console = Console(highlight=False)
        print_outcome(console, outcome, dry_run=choices.dry_run)
        if sent or not outcome.error:
            print_sent(console, sent, dry_run=choices.dry_run, left_alone=outcome.stale is not None)
    if gap:
        offer_timer(gap, config, progress)
    if failure := outcome.error or (outcome.stale if choices.named or outcome.conflict else None):
        raise failure
