"""What a shell offers for an episode when Tab is pressed.

It looks at folders and first lines only, without the models that read YAML, so that the answer comes at once; whatever
goes wrong, it offers nothing and is silent.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import typer

_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_LONGEST = 50
_START = 2000
"""Characters of an episode.yaml in which its title is looked for."""


def episodes(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The slugs of the show's drafts that begin so, each with its title."""
    with contextlib.suppress(OSError):
        return list(_drafts(_show_folder(ctx), incomplete))
    return []


def episodes_and_show(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The same, and "show" for show.yaml; Typer leaves out what does not begin so."""
    return [*episodes(ctx, incomplete), ("show", "show.yaml")]


def _show_folder(ctx: typer.Context) -> Path | None:
    """Where show.yaml is: what --show says, or the nearest folder that has one."""
    option = ctx.params.get("show")
    if option:
        return Path(option)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "show.yaml").is_file()), None)


def _drafts(show: Path | None, start: str) -> Iterator[tuple[str, str]]:
    """Only those files are opened whose folder fits: a show may have a thousand."""
    for file in sorted(show.glob("episodes/*/episode.yaml")) if show else []:
        if file.parent.name.startswith(start) and file.is_file():
            yield file.parent.name, _title(file)


def _title(file: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as text:
        match = _TITLE.search(text.read(_START))
        title = match[1].strip("\"'") if match else ""
        return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"
    return ""
