"""Which files of a folder are page templates."""

from __future__ import annotations

from pathlib import Path

from sendung.core.errors import ConfigError, Place

ENDING = ".html"


def template_files(folder: Path) -> dict[str, Path]:
    """The templates in a folder and below it, by the name that others include them by: "listen.html".

    Raises ConfigError for what is neither a file nor a folder.
    """
    paths = [path for path in sorted(folder.rglob(f"*{ENDING}")) if not path.is_dir()]
    for path in paths:
        if not path.is_file():
            raise ConfigError("The template is not a file.", "Put an HTML template there.", Place(path))
    return {path.relative_to(folder).as_posix(): path for path in paths}
