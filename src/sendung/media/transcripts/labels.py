"""Who speaks, in formats that only have text for it: "Name: what is said"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sendung.core.model import Cue
from sendung.core.text import clean

_LABEL = re.compile(r"\[?(?P<name>[^\W\d_][^:\[\]<>?!,;\"]{0,39}?)\]?\s?:(?:\s+(?P<text>\S.*))?", re.DOTALL)
_PARTICLE = re.compile("von|van|vom|zu|zum|zur|d[aeiou]|de[lnrs]|l[ae]|[ae]l|ibn|bin|und|and|of|the")
_SOUND = re.compile(r"[\[(♪*].*", re.DOTALL)


def split_label(text: str) -> tuple[str, str] | None:
    """The name and what is said (which may be nothing), or None where the text does not start with a name and a colon.

    A name has at most four words, each in capitals, with a figure, or a particle ("Anna von Berg", "Speaker 1").
    """
    match = _LABEL.fullmatch(text.strip())
    if match is None:
        return None
    words = match["name"].split()
    if len(words) > 4 or not all(word[0].isupper() or word[0].isdigit() or _PARTICLE.fullmatch(word) for word in words):
        return None
    return clean(match["name"]), clean(match["text"] or "")


def from_labels(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues with labels turned into speakers; a speaker goes on until another is named.

    (podcast-namespace, "Transcript File Format Details", SRT: the name where the speaker changes.) Nothing is taken
    for a name unless the first thing said has one, so that "Achtung: …" in the middle stays text.
    """
    first = next((cue for cue in cues if not _SOUND.fullmatch(cue.text)), None)
    if first is None or not _spoken(first.text):
        return tuple(cues)
    named: list[Cue] = []
    speaker: str | None = None
    for cue in cues:
        speaker, text = _spoken(cue.text) or (speaker, cue.text)
        named.append(cue.model_copy(update={"speaker": speaker, "text": text}))
    return tuple(named)


def _spoken(text: str) -> tuple[str, str] | None:
    label = split_label(text)
    return label if label and label[1] else None
