"""YAML as this tool writes it for hosts to go on with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_FOLDED = re.compile("  |[\t\r\x85\u2028\u2029\ufeff]|\\s\n|\n\\s")
"""White space that YAML (1.2, section 6.5) folds, unless it stands between double quotes."""


class _YamlWriter(YAML):
    """ruamel.yaml without looking on the disk for plug-ins each time that it writes: an import writes thousands."""

    def official_plug_ins(self) -> list[str]:
        return []


def dump(values: Mapping[str, Any]) -> str:
    """A mapping in its order, every text to the letter; the comments of a CommentedMap stay."""
    yaml = _YamlWriter()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_quoted(values), stream)
    return stream.getvalue()


def _quoted(value: Any) -> Any:
    """The same value, with texts between double quotes where YAML would change them otherwise."""
    if isinstance(value, str):
        return DoubleQuotedScalarString(value) if _FOLDED.search(value) else value
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, CommentedMap):
        for key in value:
            value[key] = _quoted(value[key])
        return value
    return {key: _quoted(item) for key, item in value.items()} if isinstance(value, dict) else value
