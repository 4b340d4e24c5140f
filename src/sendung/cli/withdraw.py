"""sendung withdraw."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import ShowOption, StoreOption, YesOption, confirm, episode_words, run_on, terminal
from sendung.cli.prose import echo
from sendung.core.words import say, told


def withdraw(
    episode: Annotated[str, typer.Argument(help="A slug, or a GUID.", autocompletion=episodes)],
    delete_audio: Annotated[
        bool, typer.Option("--delete-audio", help="Also delete its audio. No rollback can bring it back then.")
    ] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
) -> None:
    """Take an episode out of the feed. Its address stays, and says that the episode is gone.

    Without --delete-audio a rollback brings it back.

    Example: sendung withdraw realitaetscheck-autoindustrie
    """
    from sendung.records.reader import find
    from sendung.workflows.history.rollback import withdraw as take_out

    run = run_on(show, store, progress=terminal())
    chosen = find(run.reader.archive(), episode, guess=not yes).episode
    confirm(
        told(
            "Withdraw {episode_words}{more}?",
            episode_words=episode_words(chosen),
            more=say(" and delete its audio for good") if delete_audio else "",
        ),
        yes=yes,
    )
    record = take_out(chosen.guid, run, delete_audio=delete_audio)
    echo(told("{slug} is withdrawn since revision {number}.", slug=record.episode.slug, number=record.number))
    if not delete_audio:
        echo(told("To bring it back: sendung rollback {slug}", slug=record.episode.slug))
