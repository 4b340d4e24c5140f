"""The pictures that others show of an episode, made while it is built."""

from __future__ import annotations

from collections.abc import Callable

from sendung.core.model import Asset, SharePictures, Show, Theme
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.media.share_pictures import CardColours, CardText, card, with_play
from sendung.website.i18n import words_of
from sendung.website.theme import FACE, needle, readable

Add = Callable[[bytes, str], Asset]


def share_pictures(
    show: Show, cover: bytes, title: str, duration_s: float, add: Add, progress: Progress
) -> SharePictures:
    """The card and the cover with Play of an episode, kept by `add`; `cover` is a JPEG.

    What cannot be written on the card, because no font of this machine has its letters, is said.
    """
    colours = colours_of(show.theme)
    picture = card(cover, CardText(title, show.title, words_of(show.language).minutes(duration_s)), colours)
    if picture.missing:
        message = say(
            "The picture for links to “{title}” leaves out {missing}, which no font of this machine has.",
            title=title,
            missing=picture.missing,
        )
        progress.warn(message, "Install a font that has it, such as Noto Sans, and publish the episode again.")
    return SharePictures(card=add(picture.data, ".jpg"), play=add(with_play(cover, colours), ".jpg"))


def colours_of(theme: Theme) -> CardColours:
    """The player's colours."""
    accent = needle(theme)
    return CardColours(FACE, accent, readable("#000000", accent))
