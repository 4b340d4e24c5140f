"""The files of a log: which there are, how they are packed, in which format they are, and which are there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sendung.core.errors import Problem, Severity
from sendung.core.words import say
from sendung.listening.engine import first_row, quoted
from sendung.listening.formats import LogFormat, cloudfront, detect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LONGEST_LINE = 4 << 20
"""Bytes; a longer line cannot be read."""
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PAR1": "parquet"}
_FIRST_LINES = 20


@dataclass(frozen=True)
class LogFile:
    """One file of a log."""

    path: Path
    packed: str
    """"none", "gzip" or "zstd", as its first bytes say; "parquet" for that."""
    form: LogFormat
    begins: str = ""
    """Its first line of data; no other log begins with the same."""


@dataclass(frozen=True)
class LogFiles:
    """What there is to read, and what a host has to know about the rest."""

    files: tuple[LogFile, ...]
    warnings: tuple[Problem, ...]


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves and those below folders, each once, by name; hidden ones in folders are left out."""
    listed: list[Path] = []
    for path in paths:
        listed += sorted(_below(path)) if path.is_dir() else [path]
    return list(dict.fromkeys(path.resolve() for path in listed))


def _below(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def look(engine: DuckDBPyConnection, paths: Sequence[Path], own: LogFormat | None) -> LogFiles:
    """Each file with its format (`own`, where a host gives one), without those whose lines another file has all."""
    files: list[LogFile] = []
    warnings: list[Problem] = []
    for path in paths:
        try:
            file = _recognise(engine, path, own)
        except OSError as error:
            warnings.append(_left_out(path, say("cannot be read: {strerror}", strerror=error.strerror)))
            continue
        if file is None:
            warnings.append(_left_out(path, "is no log in a format that is known"))
        elif file.form.name:
            files.append(file)
    doubles = _doubles(engine, files)
    for file, other in doubles.items():
        warnings.append(_left_out(file.path, say("is left out: {name} has all of its lines", name=other.path.name)))
    return LogFiles(tuple(file for file in files if file not in doubles), tuple(warnings))


_EMPTY = LogFormat("", "")


def _recognise(engine: DuckDBPyConnection, path: Path, own: LogFormat | None) -> LogFile | None:
    """A file with its format; that of an empty file has no name. None where it is not known. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(4)
    packed = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "none")
    if not start:
        return LogFile(path, packed, _EMPTY)
    if packed == "parquet":
        rows = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(path))})").fetchall()
        names = [str(row[0]) for row in rows]
        return LogFile(
            path, packed, cloudfront("parquet", {name: f'"{name}"::VARCHAR' for name in names if '"' not in name})
        )
    lines = _first_lines(engine, path, packed)
    if lines is None:
        return None
    form = own or detect(lines)
    begins = next((line for line in lines if not line.startswith("#")), "")
    if not lines or (form and not begins):
        return LogFile(path, packed, _EMPTY)
    return LogFile(path, packed, form, begins) if form else None


def _first_lines(engine: DuckDBPyConnection, path: Path, packed: str) -> list[str] | None:
    """The first lines of a file; None where it cannot be unpacked."""
    import duckdb  # noqa: PLC0415 - the engine is open, so it is there

    query = f"SELECT line FROM {source_of([path], packed)} WHERE line IS NOT NULL LIMIT {_FIRST_LINES}"
    try:
        return [str(row[0]) for row in engine.execute(query).fetchall()]
    except duckdb.Error:
        return None


def source_of(paths: Sequence[Path], packed: str, *, rejects: str = "") -> str:
    """The lines of some files as a table with one column, `line`; NULL for an empty one.

    What is no UTF-8, or too long, is left out; with `rejects`, a table of that name tells of it. The delimiter is a
    character that no server writes, since the reader needs one; zeros, which a crash leaves, stay in their line.
    """
    listed = ", ".join(quoted(_escaped(path)) for path in paths)
    told = f"store_rejects=true, rejects_table='{rejects}', rejects_scan='{rejects}_scan', rejects_limit=100000"
    return (
        f"read_csv([{listed}], columns={{'line': 'VARCHAR'}}, auto_detect=false, header=false, delim='\x03', quote='', "
        f"escape='', new_line='\\n', strict_mode=false, max_line_size={LONGEST_LINE}, compression='{packed}', "
        f"{told if rejects else 'ignore_errors=true'})"
    )


def _escaped(path: Path) -> str:
    """A path whose brackets and stars are no pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _doubles(engine: DuckDBPyConnection, files: Sequence[LogFile]) -> dict[LogFile, LogFile]:
    """Files whose every line another file has, each with that one: a copy, one that was packed, or an earlier state.

    Only files that begin with the same line are held against each other: where a log was read, no line comes twice.
    """
    by_start: dict[str, list[LogFile]] = defaultdict(list)
    for file in files:
        if file.begins:
            by_start[file.begins].append(file)
    doubles: dict[LogFile, LogFile] = {}
    for group in by_start.values():
        if len(group) == 1:
            continue
        sized = sorted(group, key=lambda file: (-_lines(engine, file), str(file.path)))
        whole, *others = sized
        doubles |= {file: whole for file in others if _within(engine, file, whole)}
    return doubles


def _lines(engine: DuckDBPyConnection, file: LogFile) -> int:
    (lines,) = first_row(engine, f"SELECT count(line) FROM {source_of([file.path], file.packed)}")
    return int(lines)


def _within(engine: DuckDBPyConnection, file: LogFile, whole: LogFile) -> bool:
    """Whether all lines but the last, which may be cut, are in another file."""
    ours, theirs = (f"SELECT hash(line) FROM {source_of([each.path], each.packed)}" for each in (file, whole))
    (others,) = first_row(engine, f"SELECT count(*) FROM (({ours}) EXCEPT ALL ({theirs}))")
    return bool(others <= 1)


def _left_out(path: Path, why: str) -> Problem:
    hint = "" if "all of its lines" in why else "Leave it out, or give its pattern with --format."
    return Problem(say("{name} {why}.", name=path.name, why=why), hint, severity=Severity.WARNING)
