"""The keys of the pages; that of the listen page is in the model."""

from __future__ import annotations

import re

SHOW_KEY = "index.html"
"""The show page in the show's own language."""
EPISODES = "e/"
"""The folder of all episodes' pages."""

LANGUAGE = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
"""The part of a key that stands for a language."""

_PAGE = re.compile(
    rf"e/[^/]+/(?:{LANGUAGE.pattern}/)?(?:(?:index|kit|embed/index|transcript/index)\.html|oembed\.json)"
    r"|episodes/[0-9]+\.html"
)
_SHOW_PAGE = re.compile(rf"episodes/{LANGUAGE.pattern}/(?:index|[0-9]+)\.html")


def is_page(key: str) -> bool:
    """Whether a key is that of a page of an episode, of older ones, or of the show in a further language."""
    return _PAGE.fullmatch(key) is not None or is_translated_list(key)


def is_translated_list(key: str) -> bool:
    """Whether a key is that of the show page, or of older episodes, in a further language."""
    return _SHOW_PAGE.fullmatch(key) is not None


def show_key(language: str) -> str:
    """The key of the show page; `language` is empty for the show's own.

    It is beside the pages of older episodes, which the bucket policies of all versions let the public read.
    """
    return f"episodes/{language}/index.html" if language else SHOW_KEY


def embed_key(slug: str) -> str:
    """The key of an episode's embed."""
    return f"e/{slug}/embed/index.html"


def oembed_key(slug: str) -> str:
    """The key of an episode's oEmbed answer."""
    return f"e/{slug}/oembed.json"


def transcript_key(slug: str) -> str:
    """The key of the page that a long transcript has."""
    return f"e/{slug}/transcript/index.html"


def archive_key(number: int, language: str = "") -> str:
    """The key of a page of older episodes, counted from the oldest, from 1; `language` as for `show_key`."""
    return f"episodes/{language}/{number}.html" if language else f"episodes/{number}.html"


def kit_key(slug: str) -> str:
    """The key of the author's kit, which no page links to."""
    return f"e/{slug}/kit.html"


def folder_of(key: str) -> str:
    """The folder that a key is in, with the closing slash; empty at the top."""
    return key[: key.rfind("/") + 1]
