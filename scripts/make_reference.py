"""Writes the lists of keys at the ends of docs/show.md and docs/episode.md from the models that read the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sendung.config.document import models_in
from sendung.config.episode import EpisodeFile
from sendung.config.show import ShowFile

FILES: dict[str, type[BaseModel]] = {"show.md": ShowFile, "episode.md": EpisodeFile}
"""The pages of docs/ that end with such a list."""
DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- From here on this page is generated from the code: make schema -->"

_FORMATS = {"uri": "web address", "email": "e-mail address", "uuid": "UUID"}
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def with_reference(page: str, model: type[BaseModel]) -> str:
    """A page with what follows MARK written anew. Raises ValueError if the mark is not in it."""
    head, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError("The page does not say where the list of keys begins.")
    return f"{head}{MARK}\n\n{reference(model)}"


def reference(model: type[BaseModel]) -> str:
    """Every key of a file: a table for the file itself, and one for each key that holds further keys."""
    schema = model.model_json_schema(mode="validation")
    tables = [
        "\n".join([f"## {_heading(way)}", "", *_table(owner, schema)]) for way, owner in _owners((), model, schema)
    ]
    return "\n\n".join(tables) + "\n"


def key_ways(model: type[BaseModel]) -> set[str]:
    """Every key with the keys around it: "title", "feed.podroll.guid"."""
    schema = model.model_json_schema(mode="validation")
    return {".".join((*way, name)) for way, owner in _owners((), model, schema) for name in owner.model_fields}


def _owners(
    way: tuple[str, ...], model: type[BaseModel], schema: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """The models in a model, each with the way of keys to it, in the order in which a reader meets them.

    A model that is not in the schema only holds what a shorter form becomes, so nobody writes its keys.
    """
    yield way, model
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            if inner.__name__ in schema["$defs"]:
                yield from _owners((*way, name), inner, schema)


def _heading(way: tuple[str, ...]) -> str:
    return f"`{'.'.join(way)}`" if way else "Keys"


def _table(owner: type[BaseModel], schema: dict[str, Any]) -> Iterator[str]:
    properties = schema["$defs"].get(owner.__name__, schema)["properties"]
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in owner.model_fields.items():
        meaning = " ".join((field.description or "").split())
        cells = (f"`{name}`", _kind(properties[name], schema), _default(field), meaning)
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel) or value in ((), {}, ""):
        return ""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in field:
        return _kind(schema["$defs"][field["$ref"].rsplit("/", 1)[1]], schema)
    if choices := field.get("anyOf") or field.get("oneOf"):
        words = [_kind(choice, schema) for choice in choices if choice.get("type") != "null" and "const" not in choice]
        only = [f"`{choice['const']}`" for choice in choices if "const" in choice]
        return " or ".join(dict.fromkeys(words or only))
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    return "time" if isinstance(field["type"], list) else _typed(field, schema)


def _typed(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if field["type"] == "array":
        return f"list of: {_kind(field['items'], schema)}"
    if field["type"] == "object":
        inner = field.get("additionalProperties")
        return f"names with: {_kind(inner, schema)}" if isinstance(inner, dict) else "keys, below"
    return _FORMATS.get(field.get("format", ""), _TYPES[field["type"]]) + _bounds(field)


def _bounds(field: dict[str, Any]) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if high is not None:
        return f", {low:g} to {high:g}".replace("-", "−")
    return f", from {low:g}" if low is not None else ""


def main() -> None:
    """Write both lists."""
    for name, model in FILES.items():
        page = DOCS / name
        page.write_text(with_reference(page.read_text(encoding="utf-8"), model), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
