"""YAML that remembers where everything stands: "episode.yaml:4:5: ...".

YAML 1.2 (so `no` is text, and 12:30 is text), with dates left as the text the host typed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from sendung.config.yaml_words import in_words
from sendung.core.errors import ConfigError, Place, Problem
from sendung.core.field_types import M, from_host
from sendung.core.text import MAX_BYTES, read_small
from sendung.core.words import say, sentence

Path_ = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists."""


@dataclass(frozen=True)
class Document:
    """A YAML file: its plain values, and the line and column (from 1) of each."""

    file: Path
    data: Any
    marks: Mapping[Path_, tuple[int, int]]

    def value(self, *way: str) -> Any:
        """The value at a way of keys; None where there is none."""
        value = self.data
        for key in way:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def place(self, *way: str | int) -> Place:
        """Where a value stands; for a value that is not there, the nearest one around it."""
        while way and way not in self.marks:
            way = way[:-1]
        line, column = self.marks.get(way, (0, 0))
        return Place(self.file, line, column)


class _Constructor(RoundTripConstructor):
    """Leaves time stamps as text: their zone is the show's, and ruamel would turn them to UTC."""


def _as_text(constructor: _Constructor, node: ScalarNode) -> str:
    return str(constructor.construct_scalar(node))


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def load_yaml(file: Path) -> Document:
    """Read a YAML file whose top is a mapping. Raises ConfigError with the line of what does not parse."""
    text = _text_of(file)
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        data = yaml.load(text)
    except YAMLError as error:
        raise _explain(error, file) from None
    except ValueError as error:
        raise ConfigError(
            say("This is not YAML: {error}.", error=error), "Put the value in quotes.", Place(file)
        ) from None
    if not isinstance(data, CommentedMap):
        raise ConfigError("This must be keys with values.", 'Start with "title: ...".', Place(file, 1))
    marks: dict[Path_, tuple[int, int]] = {(): (1, 1)}
    return Document(file, _plain(data, (), marks), marks)


def _text_of(file: Path) -> str:
    """What is written in a file. Raises ConfigError."""
    try:
        if file.exists() and not file.is_file():  # reading a pipe or a device would never end
            raise ConfigError(say("{name} is not a file.", name=file.name), "Put a text file there.", Place(file))
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(
                say("{name} is too large to be a text file.", name=file.name), "Put the right file there.", Place(file)
            )
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            say("{name} is not there.", name=file.name), "Create it, or name another folder.", Place(file)
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("This is not UTF-8 text.", "Save the file as UTF-8.", Place(file, line)) from None
    except OSError as error:
        raise ConfigError(
            say("{name} cannot be read: {strerror}.", name=file.name, strerror=error.strerror),
            "Check the file.",
            Place(file),
        ) from None


def _explain(error: YAMLError, file: Path) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    if isinstance(error, DuplicateKeyError):
        key = re.sub(r"found duplicate key (.*?)( with value.*)?", r"\1", str(error.problem), flags=re.DOTALL)
        return ConfigError(say("There are two keys {key}.", key=key), "Keep one of them.", place)
    if not isinstance(error, MarkedYAMLError):
        return ConfigError("This is not YAML.", "Look for control characters.", place)
    hint = "Check the indentation, and put text that holds ': ' or starts with one of [{&*!|>%@` in quotes."
    return ConfigError(
        say("This is not YAML: {problem}.", problem=in_words(error.problem or error.context or "")), hint, place
    )


def _plain(value: Any, way: Path_, marks: dict[Path_, tuple[int, int]]) -> Any:
    if isinstance(value, CommentedMap):
        for key in value:
            if key in (value.lc.data or {}):
                line, column = value.lc.data[key][:2]
                marks[(*way, key)] = (line + 1, column + 1)
        return {key: _plain(item, (*way, key), marks) for key, item in value.items()}
    if isinstance(value, CommentedSeq):
        for index in range(len(value)):
            line, column = value.lc.data[index][:2]
            marks[(*way, index)] = (line + 1, column + 1)
        return [_plain(item, (*way, index), marks) for index, item in enumerate(value)]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def validate(document: Document, model: type[M]) -> M:
    """The document as a model. Raises ConfigError with every mistake, each at its line."""
    try:
        return from_host(model, document.data)
    except ValidationError as error:
        problems = [_problem(document, model, details) for details in _meant(error.errors())]
        raise ConfigError.of(
            sorted(
                problems, key=lambda problem: (problem.place.line, problem.place.column) if problem.place else (0, 0)
            )
        ) from None


def _meant(mistakes: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """All but what pydantic says of a list only because its entries are wrong: that it is empty without them."""
    for details in mistakes:
        way = details["loc"]
        inner = any(len(other["loc"]) > len(way) and other["loc"][: len(way)] == way for other in mistakes)
        if details["type"] != "too_short" or not inner:
            yield details


_WORDS = {
    "string_type": ("must be text", "put it in quotes"),
    "bool_type": ("must be true or false", "write it without quotes"),
    "bool_parsing": ("must be true or false", "write it without quotes"),
    "int_type": ("must be a whole number", "write it in digits, without quotes"),
    "int_parsing": ("must be a whole number", "write it in digits"),
    "int_from_float": ("must be a whole number", "round it"),
    "float_type": ("must be a number", "write it in digits, with a point for the fraction"),
    "float_parsing": ("must be a number", "write it in digits, with a point for the fraction"),
    "list_type": ("must be a list", 'put each entry on a line of its own, after "- "'),
    "tuple_type": ("must be a list", 'put each entry on a line of its own, after "- "'),
    "dict_type": ("must be keys with values", 'write "key: value" on indented lines below it'),
    "model_type": ("must be keys with values", 'write "key: value" on indented lines below it'),
    "string_too_short": ("must not be empty", "write something, or remove the line"),
    "too_short": ("must not be empty", "add an entry, or remove the key"),
}


def _problem(document: Document, model: type[BaseModel], details: ErrorDetails) -> Problem:
    # Parts in brackets are pydantic's and ours ("[key]", and the tags of unions), not the document's.
    way = tuple(part for part in details["loc"] if not (isinstance(part, str) and re.fullmatch(r"\[\w+\]", part)))
    message, hint = _words(model, way, details)
    return Problem(sentence(message), sentence(hint), document.place(*way))


def _words(model: type[BaseModel], way: Path_, details: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a value, and what to do."""
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in way)
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        keys = _keys_at(model, way[:-1])
        near = get_close_matches(str(way[-1]).lower(), keys, n=1, cutoff=0.5)
        return say('unknown key "{name}"', name=name), say('did you mean "{near}"?', near=near[0]) if near else say(
            "the keys here are {keys}", keys=", ".join(keys)
        )
    if kind == "missing":
        return say('"{name}" is missing', name=name), say('add "{way}: ..."', way=way[-1])
    if kind == "sendung":
        return say('"{name}" {message}', name=name, message=context["message"]), context.get("hint", "")
    if kind in ("enum", "literal_error"):
        choices = str(context["expected"]).replace("'", "").replace(",", "").replace(" or ", " ").split()
        near = get_close_matches(str(details["input"]), choices, n=1)
        return (
            say('"{name}" must be {choices}', name=name, choices=_either(choices)),
            say('did you mean "{near}"?', near=near[0]) if near else "choose one of these",
        )
    words = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    message, hint = _WORDS.get(kind, (words[0].lower() + words[1:], "correct the value"))
    return say('"{name}" {message}', name=name, message=message), hint


def _either(choices: list[str]) -> str:
    """'a', 'b' or 'c'."""
    *others, last = (f"'{choice}'" for choice in choices)
    return say("{others} or {last}", others=", ".join(others), last=last) if others else last


def _keys_at(model: type[BaseModel], way: Path_) -> list[str]:
    """The keys that a model allows at some depth, found by walking the annotations."""
    for part in way:
        if isinstance(part, str):
            field = model.model_fields.get(part)
            if field is None:
                continue  # a name that the host chose, such as a language
            inner = models_in(field.annotation)
            if not inner:
                return []
            model = inner[0]
    return [name for name in model.model_fields if not name.startswith("_")]


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models that an annotation names, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in models_in(part)]


class Files:
    """Finds files of one folder and gathers every problem on the way.

    A file outside the folder is refused, also one that a link leads to: an episode is whole in its folder, so
    that the other host's checkout has it too.
    """

    def __init__(self, folder: Path, document: Document) -> None:
        self._folder = folder
        self._document = document
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        """What was left out, changed or guessed of files that could be read."""
        self.digests: dict[Path, str] = {}
        """SHA-256 (hexadecimal) of what was `read`: a file may be saved again before anybody asks for its digest."""

    def find(self, name: str | None, *way: str | int) -> Path | None:
        """The file that the value at `way` names, or None (with a problem noted, unless `name` is None)."""
        if name is None:
            return None
        path, fault, hint = self.look(self._folder / name, name)
        if fault:
            self.problems.append(Problem(fault, hint, self._document.place(*way)))
            return None
        return path

    def read(self, path: Path) -> bytes:
        """The bytes of a text file, which its digest is of from then on. Raises ConfigError."""
        data = read_small(path)
        self.digests[path] = hashlib.sha256(data).hexdigest()
        return data

    def look(self, path: Path, name: str) -> tuple[Path, str, str]:
        """A file as it is on disk, what is wrong with it (nothing: empty), and what to do; `name` is as written."""
        path = as_on_disk(path)
        try:
            return path, *self._fault(path, name)
        except OSError as error:
            return (
                path,
                say("{name} cannot be read: {strerror}.", name=name, strerror=error.strerror),
                "Check the file and its permissions.",
            )

    def _fault(self, path: Path, name: str) -> tuple[str, str]:
        if not path.resolve().is_relative_to(self._folder.resolve()):
            return say(
                "{name} leads out of the folder {name2}.", name=name, name2=self._folder.name
            ), "Copy the file into it."
        if not path.exists():
            return say("{name} is not there.", name=name), self._nearest(path)
        if not path.is_file():
            return say("{name} is not a file.", name=name), "Name a file."
        if path.stat().st_size == 0:
            return say("{name} is empty.", name=name), "Put the right file there."
        with path.open("rb"):
            return "", ""

    def _nearest(self, path: Path) -> str:
        names = [item.name for item in path.parent.iterdir() if item.is_file()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        return (
            say("Did you mean {near}?", near=near[0])
            if near
            else say("Put it into {name}/, or correct the name.", name=self._folder.name)
        )

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


def as_on_disk(path: Path) -> Path:
    """The path of a file whose name is written in another form of the same letters (Unicode, annex 15).

    A Mac may keep "ö" as two characters (NFD) where an editor writes one (NFC). Other paths come back as they are.
    """
    if path.exists() or path == path.parent:
        return path
    folder = as_on_disk(path.parent)
    wanted = unicodedata.normalize("NFC", path.name)
    names = [item.name for item in folder.iterdir()] if folder.is_dir() else []
    return folder / next((name for name in names if unicodedata.normalize("NFC", name) == wanted), path.name)


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
