"""sendung remaster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    EpisodesArgument,
    JsonOption,
    ShowOption,
    StoreOption,
    VerboseOption,
    YesOption,
    find_folders,
    need_terminal,
    open_show,
    open_store,
    run_context,
    terminal,
)
from sendung.cli.prose import echo
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.cli.terminal import Terminal
    from sendung.config.show import ShowConfig
    from sendung.workflows.context import RunContext
    from sendung.workflows.publish.result import Outcome
    from sendung.workflows.remaster.cluster import ClusterChoice
    from sendung.workflows.remaster.job import StoreAddress
    from sendung.workflows.remaster.plan import PlannedEpisode, RemasterPlan


def remaster(
    episodes: EpisodesArgument = None,
    every: Annotated[bool, typer.Option("--all", help="Every published episode that would get better.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would get better and what that costs, and do nothing.")
    ] = False,
    keep_public: Annotated[
        bool, typer.Option("--keep-public", help="Leave files alone that are public: only what is still scheduled.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Master on a Dask cluster: its scheduler, tls://10.0.0.5:8786."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Master on so many workers, which are started here."),
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
    verbose: VerboseOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Master published episodes again with the audio settings of show.yaml, and publish what comes out otherwise.

    Each gets a new audio address, so apps fetch it again and downloads count twice; its GUID stays, and chapters and
    transcript follow what is cut at the start.

    Examples: sendung remaster --plan · sendung remaster realitaetscheck-autoindustrie --yes ·
    sendung remaster --all --keep-public --yes
    """
    from sendung.cli.faults import machine_faults
    from sendung.cli.output import print_json
    from sendung.cli.remaster_plan import plan_document, print_plan
    from sendung.config.episode import find_drafts
    from sendung.workflows.remaster.plan import plan_remaster

    _check_options(episodes, dask, workers, every=every, plan=plan)
    progress = terminal(quiet=as_json, verbose=verbose)
    config = open_show(show)
    run = run_context(config, open_store(config, store), progress=progress)
    with machine_faults():
        planned = plan_remaster(find_folders(config, episodes) if episodes else find_drafts(config), config, run)
        chosen = planned.chosen(every=not episodes, keep_public=keep_public)
        if plan and as_json:
            print_json(plan_document(planned.episodes, chosen))
            return
        if not as_json:
            print_plan(planned.episodes, chosen)
        if plan:
            return
        chosen = _confirmed(planned, chosen, yes=yes)
        undo = f"sendung rollback --remastered {run.moment().isoformat().replace('+00:00', 'Z')}"
        outcome = _run(chosen, planned, run, _cluster(dask, workers), _address(config, store))
    progress.end_step()
    _conclude(outcome, undo, progress, as_json=as_json)


def _conclude(outcome: Outcome, undo: str, progress: Terminal, *, as_json: bool) -> None:
    """Say what was done and what was left alone, and raise what failed."""
    from sendung.cli.remaster_plan import print_done

    for problem in outcome.stale.problems if outcome.stale else ():
        progress.warn(problem.message, problem.hint)
    print_done(outcome, undo, progress.warnings, as_json=as_json)
    if outcome.error:
        raise outcome.error


def _check_options(
    episodes: list[str] | None, dask: str | None, workers: int | None, *, every: bool, plan: bool
) -> None:
    """Raise UsageError for what does not go together."""
    from sendung.core.errors import UsageError

    if episodes and every:
        raise UsageError("Named episodes and --all exclude each other.", "Use one of them.")
    if dask and workers:
        raise UsageError("--dask and --workers exclude each other.", "A cluster has its own workers.")
    if not (episodes or every or plan):
        raise UsageError("Which episode?", "Name one, or use --all; --plan shows which would get better.")


def _cluster(dask: str | None, workers: int | None) -> ClusterChoice | None:
    """Which machines master; None: this one, as a publish does."""
    from sendung.workflows.remaster.cluster import ClusterChoice

    return ClusterChoice(dask or "", workers or 0) if dask or workers else None


def _address(config: ShowConfig, url: str | None) -> StoreAddress:
    """Where workers find the store."""
    from sendung.workflows.remaster.job import StoreAddress

    base, configured = Path.cwd() if url else config.folder, config.file.store
    return StoreAddress(url or configured.url, str(base), configured.endpoint_url, configured.region)


def _run(
    chosen: tuple[PlannedEpisode, ...],
    planned: RemasterPlan,
    run: RunContext,
    choice: ClusterChoice | None,
    address: StoreAddress,
) -> Outcome:
    from sendung.workflows.remaster.flow import remaster, remaster_on_cluster

    if choice is None:
        return remaster(chosen, planned.batch.config, run)
    return remaster_on_cluster(chosen, planned, run, choice, address)


def _confirmed(planned: RemasterPlan, chosen: tuple[PlannedEpisode, ...], *, yes: bool) -> tuple[PlannedEpisode, ...]:
    """What the host wants mastered: all, or what is not public. Raises UsageError where nobody can be asked."""
    if yes or not chosen:
        return chosen
    need_terminal()
    hidden = tuple(episode for episode in chosen if not episode.public)
    question = told("New addresses for all {all} [a], or none [n]?", all=len(chosen))
    if hidden and len(hidden) < len(chosen):
        asked = "New addresses for all {all} [a], only for the {hidden} that are not public yet [s], or none [n]?"
        question = told(asked, all=len(chosen), hidden=len(hidden))
    answer = typer.prompt(question, default="n").strip().lower()[:1]
    if answer not in {"a", "s"}:
        echo(told("Nothing was changed. What is published from now on has the settings of show.yaml anyway."))
        raise typer.Exit
    return chosen if answer == "a" else hidden
