"""Which files of a folder are page templates."""

from __future__ import annotations

from pathlib import Path

ENDING = ".html"


def template_files(folder: Path) -> dict[str, Path]:
    """The templates in a folder and below it, by the name that others include them by: "listen.html"."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob(f"*{ENDING}")) if path.is_file()}
