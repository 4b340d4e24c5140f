"""sendung preview."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    EpisodesArgument,
    PrivateOption,
    ShowOption,
    StoreOption,
    find_folders,
    net_policy,
    open_show,
    open_store,
    run_context,
    terminal,
)
from sendung.cli.prose import echo
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.core.errors import Problem, SendungError
    from sendung.workflows.preview import BuiltPreview


_NAMED = 3
"""Files that are named when many change at once, as with git pull."""


def preview(
    episodes: EpisodesArgument = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on localhost; 0 takes a free one.")] = 8010,
    browser: Annotated[bool, typer.Option("--open", help="Open the preview in the browser.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Read neither the store nor articles.")] = False,
    allow_private: PrivateOption = False,
    show: ShowOption = None,
    store: StoreOption = None,
) -> None:
    """Look at drafts as feed, listen page and embed, before they are published; every save shows at once.

    The audio is mastered, and kept for the publish. Nothing leaves this machine: the store is read, once, and never
    written, and articles are asked only where show.yaml says fetch_articles. Without an EPISODE all drafts are shown
    that are new or edited. Ctrl-C ends it.

    Example: sendung preview realitaetscheck-autoindustrie
    """
    from sendung.core.model import listen_key
    from sendung.workflows.preview import PreviewSource
    from sendung.workflows.preview import preview as run

    config = open_show(show)
    folders = find_folders(config, episodes or [])
    source = PreviewSource(
        config,
        folders,
        None if offline else lambda: open_store(config, store),
        lambda anew, opened: run_context(
            anew,
            opened,
            policy=None if offline else net_policy(anew, None, allow_private=allow_private),
            announces=False,
        ),
    )
    first = listen_key(folders[0].name) if len(folders) == 1 else ""
    try:
        run(source, port, _TerminalAudience(config.folder, first if browser else None), terminal())
    except KeyboardInterrupt:
        echo(told("The preview has ended."))


class _TerminalAudience:
    """Tells a host at a terminal what becomes of the preview."""

    def __init__(self, root: Path, first: str | None) -> None:
        """`first` is the key of the page that the browser opens; None: none."""
        self._root = root
        self._first = first
        self._address = ""
        self._told: frozenset[str] = frozenset()
        self._problems: tuple[Problem, ...] = ()

    def listening(self, address: str) -> None:
        """The address, at once: mastering may take a while."""
        self._address = address
        echo(told("Preview at {address} (Ctrl-C ends it).", address=address))
        if self._first is not None:
            typer.launch(address + self._first)

    def shown(self, preview: BuiltPreview, changed: frozenset[Path]) -> None:
        """What was saved, the addresses of drafts that were not told yet, and new problems."""
        self._say_changed(changed, told("shown"))
        slugs = frozenset(draft.episode.slug for draft in preview.drafts)
        for draft in preview.drafts:
            if draft.episode.slug not in self._told:
                self._print_addresses(draft.episode.title, draft.episode.slug)
        self._told |= slugs
        self._print_new(preview.problems)

    def failed(self, error: SendungError, changed: frozenset[Path]) -> None:
        """What was saved, and what is wrong."""
        from sendung.cli.terminal import print_error

        self._say_changed(changed, told("not shown"))
        print_error(error)

    def _print_addresses(self, title: str, slug: str) -> None:
        from rich.console import Console
        from rich.text import Text

        from sendung.core.model import listen_key
        from sendung.website.keys import embed_key

        keys = {told("Listen"): listen_key(slug), told("Embed"): embed_key(slug), told("Feed"): "feed.xml"}
        width = max(9, *(len(name) + 1 for name in keys))
        console = Console(highlight=False)
        console.print(Text(title, "bold"), soft_wrap=True)
        for name, key in keys.items():
            console.print(Text.assemble((f"  {name:<{width}}", "dim"), self._address + key), soft_wrap=True)

    def _say_changed(self, changed: frozenset[Path], what: str) -> None:
        if changed:
            names = sorted(self._seen(path) for path in changed)
            more = told(" and {count} more", count=len(names) - _NAMED) if len(names) > _NAMED else ""
            typer.echo(f"{datetime.now().astimezone():%H:%M:%S} {', '.join(names[:_NAMED])}{more}: {what}")

    def _seen(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if path.is_relative_to(self._root) else path.name

    def _print_new(self, problems: tuple[Problem, ...]) -> None:
        """Those that were not there before."""
        from sendung.cli.terminal import error_console, print_problem

        for problem in problems:
            if problem not in self._problems:
                print_problem(error_console(), problem)
        self._problems = problems
