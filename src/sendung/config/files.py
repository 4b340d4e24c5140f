"""Finding the files that a YAML file names: beside it, inside its folder, and not empty."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from sendung.config.located_yaml import Document, M, validate
from sendung.core.errors import ConfigError, Place, Problem


class Files:
    """Finds files of one folder and gathers every problem on the way.

    A file outside the folder is refused, also one that a link leads to: an episode is whole in its folder, so
    that the other host's checkout has it too.
    """

    def __init__(self, folder: Path, document: Document) -> None:
        self._folder = folder
        self._document = document
        self.problems: list[Problem] = []

    def find(self, name: str | None, *way: str | int) -> Path | None:
        """The file that the value at `way` names, or None (with a problem noted, unless `name` is None)."""
        if name is None:
            return None
        path = self._folder / name
        place = self._document.place(*way)
        fault = self._fault(path, name)
        if fault:
            self.problems.append(Problem(fault[0], fault[1], place))
            return None
        return path

    def _fault(self, path: Path, name: str) -> tuple[str, str] | None:
        try:
            if not path.resolve().is_relative_to(self._folder.resolve()):
                return f"{name} leads out of the folder {self._folder.name}.", "Copy the file into it."
            if not path.exists():
                return f"{name} is not there.", self._nearest(path)
            if not path.is_file():
                return f"{name} is not a file.", "Name a file."
            if path.stat().st_size == 0:
                return f"{name} is empty.", "Put the right file there."
            with path.open("rb"):
                return None
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}.", "Check the file and its permissions."

    def _nearest(self, path: Path) -> str:
        there = [item.name for item in path.parent.iterdir() if item.is_file()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, there, n=1)
        return f"Did you mean {near[0]}?" if near else f"Put it into {self._folder.name}/, or correct the name."

    def place(self, *way: str | int) -> Place:
        """Where a value stands."""
        return self._document.place(*way)

    def note(self, message: str, hint: str, *way: str | int) -> None:
        """Add a problem with the value at `way`."""
        self.problems.append(Problem(message, hint, self._document.place(*way)))

    def take(self, error: ConfigError) -> None:
        """Add the problems of an error that reading a named file raised."""
        self.problems.extend(error.problems)

    def stop_on_problems(self) -> None:
        """Raise ConfigError if there was any problem."""
        if self.problems:
            raise ConfigError.of(self.problems)


def validate_with_files(document: Document, model: type[M], folder: Path, *ways: tuple[str, ...]) -> M:
    """The document as a model.

    Where it has mistakes, the files that the values at `ways` name are looked for as well, so that everything that is
    wrong comes at once. Raises ConfigError.
    """
    try:
        return validate(document, model)
    except ConfigError as error:
        files = Files(folder, document)
        for way in ways:
            value = document.value(*way)
            if isinstance(value, str) and value.isprintable():
                files.find(value, *way)
        known = {problem.place for problem in error.problems}
        more = [problem for problem in files.problems if problem.place not in known]
        raise ConfigError.of([*error.problems, *more]) from None
