"""YAML as this tool writes it for hosts to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML


def dump(values: Mapping[str, Any]) -> str:
    """A mapping in its order; the comments of a CommentedMap stay."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(values, stream)
    return stream.getvalue()
