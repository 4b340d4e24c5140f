"""JSON-LD (schema.org) of an article's page: the one thing in it that is the article, and its plain values."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sendung.core.text import clean

Thing = Mapping[str, Any]

_KINDS = re.compile(r"(.*Article|.*BlogPosting|Report|.*WebPage|ItemPage)")
"""Types that an article's page may be, for example NewsArticle, LiveBlogPosting; a WebPage where nothing better is."""
_DEEPEST = 6
"""Nobody nests further; a page that does has nothing to say."""
_MOST = 5_000
"""Things that are looked at."""
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


class Graph:
    """All things that the scripts of a page describe."""

    def __init__(self, scripts: Iterable[str]) -> None:
        described = (node for script in scripts for node in _things(_parse(script), 0))
        self._things = list(islice(described, _MOST))
        self._by_id: dict[str, Thing] = {}
        for node in self._things:
            name = node.get("@id")
            # a reference holds nothing but the id; the thing itself says more
            if isinstance(name, str) and len(node) > len(self._by_id.get(name, ())):
                self._by_id[name] = node

    def article(self) -> Thing:
        """The article; an empty thing where there is none. A page that only refers to others is none itself."""
        kinds = [(node, _types(node)) for node in self._things]
        articles = [node for node, types in kinds if any(_KINDS.fullmatch(kind) for kind in types)]
        pages = [node for node in articles if all(kind.endswith("Page") for kind in _types(node))]
        candidates = [node for node in articles if node not in pages] or pages
        return candidates[0] if candidates else {}

    def values(self, node: Thing, key: str, *inner: str) -> list[str]:
        """The texts under a key: strings, or the first of the `inner` keys of things, references followed."""
        return list(self._texts(node.get(key), inner, 0))

    def _texts(self, value: Any, inner: tuple[str, ...], depth: int) -> Iterator[str]:
        if isinstance(value, str):
            if text := plain(value):
                yield text
        elif isinstance(value, list) and depth < _DEEPEST:
            for entry in value:
                yield from self._texts(entry, inner, depth + 1)
        elif isinstance(value, Mapping):
            name = value.get("@id")
            node = self._by_id.get(name, value) if isinstance(name, str) else value
            said = next((node[key] for key in inner if isinstance(node.get(key), str)), None)
            if said is not None and (text := plain(said)):
                yield text


def plain(text: str) -> str:
    """One line of plain text, without markup: some sites escape HTML twice, or leave it in."""
    return clean(html.unescape(_TAG.sub(" ", html.unescape(text))))


def _parse(script: str) -> Any:
    # Some templates still hide scripts from browsers of the nineties.
    text = re.sub(r"^\s*(//\s*)?(<!--|<!\[CDATA\[)|(//\s*)?(-->|\]\]>)\s*$", "", script)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _things(value: Any, depth: int) -> Iterator[Thing]:
    """The things at the top of a script, in lists and graphs, and what they are the page of."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _things(entry, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity", "author", "image", "primaryImageOfPage"):
            yield from _things(value.get(key), depth + 1)


def _types(node: Thing) -> list[str]:
    kinds = node.get("@type")
    types = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rpartition("/")[2] for kind in types if isinstance(kind, str)]
