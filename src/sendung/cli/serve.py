"""sendung serve."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.options import ShowOption, StoreOption, open_show_alone
from sendung.cli.prose import echo
from sendung.core.words import say, told


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on localhost; 0 takes a free one.")] = 8000,
    show: ShowOption = None,
    store: StoreOption = None,
) -> None:
    """Serve a directory store on localhost: listen to what was published.

    Content-Types, byte ranges and HEAD are as podcast apps expect them; records stay private.

    Example: sendung serve --port 8080
    """
    from pathlib import Path

    from sendung.core.addresses import shown
    from sendung.core.errors import UsageError
    from sendung.store import directory_of
    from sendung.workflows.serve import serve as run

    config = open_show_alone(show)
    url = store or config.file.store.url
    root = directory_of(url, Path.cwd() if store else config.folder)
    if root is None:
        message = say("{url} is not a directory.", url=shown(url))
        raise UsageError(message, "Only a directory store can be served: name one with --store.")

    def ready(address: str) -> None:
        echo(told("Listen at {address} (Ctrl-C ends it).", address=address))

    run(root, port, ready)
