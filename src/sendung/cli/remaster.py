"""sendung remaster."""

from __future__ import annotations

import sys
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
    open_show,
    open_store,
    run_context,
    terminal,
)
from sendung.core.words import told

if TYPE_CHECKING:
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
    from sendung.cli.remaster_plan import plan_document, print_done, print_done_json, print_plan
    from sendung.config.episode import find_drafts
    from sendung.core.errors import UsageError
    from sendung.workflows.remaster.flow import remaster as run_remaster
    from sendung.workflows.remaster.plan import plan_remaster

    if episodes and every:
        raise UsageError("Named episodes and --all exclude each other.", "Use one of them.")
    if not (episodes or every or plan):
        raise UsageError("Which episode?", "Name one, or use --all; --plan shows which would get better.")
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
        outcome = run_remaster(chosen, config, run)
    progress.end_step()
    if as_json:
        print_done_json(outcome, undo, progress.warnings)
    else:
        print_done(outcome, undo)
    if outcome.error:
        raise outcome.error


def _confirmed(planned: RemasterPlan, chosen: tuple[PlannedEpisode, ...], *, yes: bool) -> tuple[PlannedEpisode, ...]:
    """What the host wants mastered: all, or what is not public. Raises UsageError where nobody can be asked."""
    from sendung.core.errors import UsageError

    if yes or not chosen:
        return chosen
    if not sys.stdin.isatty():
        raise UsageError("This needs a yes, and there is no terminal to ask on.", "Add --yes.")
    hidden = tuple(episode for episode in chosen if not episode.public)
    question = told("New addresses for all {all} [a], or none [n]?", all=len(chosen))
    if hidden and len(hidden) < len(chosen):
        asked = "New addresses for all {all} [a], only for the {hidden} that are not public yet [s], or none [n]?"
        question = told(asked, all=len(chosen), hidden=len(hidden))
    answer = typer.prompt(question, default="n").strip().lower()[:1]
    if answer not in {"a", "s"}:
        typer.echo(told("Nothing was changed. What is published from now on has the settings of show.yaml anyway."))
        raise typer.Exit
    return chosen if answer == "a" else hidden
