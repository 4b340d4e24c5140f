"""Which episode a host means by a part of its name, or by its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable

_SHORTEST = 3
"""Letters of a part that may stand for a name."""


def meant(name: str, slugs: Iterable[str], number_of: Callable[[str], int | None]) -> list[str]:
    """The slugs that a name may stand for: those of the episode with that number, else those that have it as a part.

    One, if it is plain what is meant. `number_of` is asked only where the name is a number.
    """
    known = list(slugs)
    if name.isascii() and name.isdecimal():
        numbered = [slug for slug in known if number_of(slug) == int(name)]
        return numbered or [slug for slug in known if name in slug.split("-")]
    return [slug for slug in known if name.lower() in slug] if len(name) >= _SHORTEST else []
