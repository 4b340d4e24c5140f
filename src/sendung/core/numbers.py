"""Templates filled as German has numbers; apart from `words`, for English needs no Formatter and starts faster."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

_COMMA = str.maketrans(".,", ",.")


class _Formatter(Formatter):
    """Numbers with a decimal comma, and a point between thousands."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text.translate(_COMMA) if isinstance(value, int | float) else text


def fill(template: str, values: Mapping[str, Any]) -> str:
    """A template with its values. Raises KeyError if one is missing."""
    return _Formatter().vformat(template, (), values)
