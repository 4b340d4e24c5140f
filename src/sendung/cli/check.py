"""sendung check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sendung.cli.context import EpisodesArgument, JsonOption, ShowOption, find_folders, open_show

if TYPE_CHECKING:
    from sendung.config.show import ShowConfig
    from sendung.errors import SendungError


def check(episodes: EpisodesArgument = None, show: ShowOption = None, as_json: JsonOption = False) -> None:
    """Find every mistake in show.yaml and in drafts, without sending anything.

    Without an EPISODE all drafts are checked.

    Examples: sendung check · sendung check realitaetscheck-autoindustrie
    """
    from sendung.check import check as run
    from sendung.cli.report import print_json, problems_of
    from sendung.config.episode import find_drafts
    from sendung.errors import SendungError, merge

    try:
        config = open_show(show)
        folders = find_folders(config, episodes) if episodes else find_drafts(config)
        errors = [error for error in [_show_error(config)] if error]
        checked = run(folders, config)
    except SendungError as error:
        if as_json:
            print_json({"problems": problems_of(error)})
        raise
    errors += [error for found in checked.errors.values() for error in found]
    found = merge(errors) if errors else None
    if as_json:
        print_json({"problems": problems_of(found)})
    if found:
        raise found
    if not as_json:
        typer.echo(f"No mistakes in show.yaml and {len(folders)} episode{'s' * (len(folders) != 1)}.")


def _show_error(config: ShowConfig) -> SendungError | None:
    from sendung.check import check_show
    from sendung.errors import SendungError

    try:
        check_show(config)
    except SendungError as error:
        return error
    return None
