"""The house's own rules, held against src/sendung: names that say what they hold, and nothing too long or too wide."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2] / "src" / "sendung"

PRONOUNS = frozenset({"one", "found", "said", "there", "made", "thing", "place"})
"""Names that a reader has to look up: they say how a value was come by, not what it is."""
MOST_PRONOUNS = 0.005
"""Of all names that are bound."""

MOST_LINES = 400
LONGEST_FUNCTION = 59
MOST_PARAMETERS = 7
FLOW = "workflows/publish/flow.py"
MOST_PARAMETERS_OF_THE_FLOW = 5
MANY_PARAMETERS = {"workflows/library.py: publish": "docs/library.md promises them"}
"""Functions that have more, each with the reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the program, by its path in src/sendung."""
    paths = sorted(TOP.rglob("*.py"))
    return {path.relative_to(TOP).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the name of everything that is bound to a value: variables, fields, parameters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters, without self and cls."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]


def is_command(path: str, function: Function) -> bool:
    """Whether a function's parameters are the options of a command, which typer reads."""
    return path.startswith("cli/") and not function.name.startswith("_")


def test_names_are_nouns() -> None:
    names = [(f"{path}:{line}", name) for path, tree in trees().items() for line, name in bound_names(tree)]
    pronouns = [f"{where} {name}" for where, name in names if name in PRONOUNS]
    share = len(pronouns) / len(names)
    assert share < MOST_PRONOUNS, f"{len(pronouns)} of {len(names)} ({share:.2%}): {', '.join(pronouns)}"


def test_a_class_name_stands_for_one_thing() -> None:
    """Also where one of two is private: a reader who looks for the word finds both."""
    places = defaultdict(list)
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(f"{path}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_a_file_can_be_read_in_one_sitting() -> None:
    lines = {path: len((TOP / path).read_text("utf-8").splitlines()) for path in trees()}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_a_function_fits_a_screen() -> None:
    lengths = {
        f"{path}: {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path, tree in trees().items()
        for function in functions(tree)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize(("prefix", "most"), [("", MOST_PARAMETERS), (FLOW, MOST_PARAMETERS_OF_THE_FLOW)])
def test_a_function_has_few_parameters(prefix: str, most: int) -> None:
    counts = {
        f"{path}: {function.name}": len(parameters(function))
        for path, tree in trees().items()
        for function in functions(tree)
        if path.startswith(prefix) and not is_command(path, function)
    }
    assert counts, f"there is no {prefix}"
    many = {name: count for name, count in counts.items() if count > most and name not in MANY_PARAMETERS}
    assert many == {}


def test_each_exception_is_needed() -> None:
    counts = {f"{path}: {f.name}": len(parameters(f)) for path, tree in trees().items() for f in functions(tree)}
    assert all(counts.get(name, 0) > MOST_PARAMETERS for name in MANY_PARAMETERS)
