"""Numbers of episodes and seasons in an old feed, in the ways they occur."""

from __future__ import annotations

import re

from sendung.core.model import EpisodeType
from sendung.core.words import say
from sendung.feed.document import Element
from sendung.workflows.importer import html_text
from sendung.workflows.importer.losses import Ledger

_WHOLE = re.compile(r"#?0*([1-9]\d{0,8})(?:\.0+)?", re.ASCII)
_WHY = "only whole numbers from 1 can be kept"


def number(item: Element, name: str, ledger: Ledger) -> int | None:
    """itunes:episode, itunes:season; where there is none, what podcast:episode and podcast:season say."""
    numbers: list[int] = []
    for tag in (f"itunes:{name}", f"podcast:{name}"):
        for element in item.every(tag):
            text = element.text.strip()
            if not (whole := _WHOLE.fullmatch(text)):
                ledger.lose(tag, text, _WHY)
            elif numbers and int(whole[1]) != numbers[0]:
                ledger.lose(tag, text, say("the {name} is {numbers} already", name=name, numbers=numbers[0]))
            else:
                numbers.append(int(whole[1]))
    return numbers[0] if numbers else None


def label(item: Element, has_number: bool, ledger: Ledger) -> str:
    """What apps show in place of the number; it needs one."""
    text = html_text.line(item.attribute("podcast:episode", "display"))
    if not has_number:
        ledger.lose("podcast:episode@display", text, "it needs a number")
    return text if has_number else ""


def season_name(item: Element, season: int | None, ledger: Ledger) -> None:
    """Write down the name of a season that has no number."""
    if season is None:
        name = html_text.line(item.attribute("podcast:season", "name"))
        ledger.lose("podcast:season@name", name, "a season needs a number from 1 to have a name")


def episode_type(item: Element, trailer: bool, ledger: Ledger) -> EpisodeType:
    """full, trailer or bonus; `trailer` is whether the channel calls it one."""
    word = item.value("itunes:episodeType").strip().lower()
    if word in set(EpisodeType):
        return EpisodeType(word)
    ledger.lose("itunes:episodeType", word, "an episode is full, trailer or bonus")
    return EpisodeType.TRAILER if trailer and not word else EpisodeType.FULL
