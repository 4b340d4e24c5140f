"""The JSON Schemas of the two YAML files, from the models that read them."""

from __future__ import annotations

import json

from pydantic import BaseModel

from sendung.config.episode import EpisodeFile
from sendung.config.show import ShowFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name to JSON text."""
    return {"episode.schema.json": _text(EpisodeFile), "show.schema.json": _text(ShowFile)}


def _text(model: type[BaseModel]) -> str:
    schema = {"$schema": DIALECT, **model.model_json_schema(mode="validation")}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
