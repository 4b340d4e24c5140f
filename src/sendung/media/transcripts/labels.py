"""Who speaks, in formats that only have text for it: "Name: what is said"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sendung.core.text import clean
from sendung.media.transcripts.names import Names, is_numbered, is_title, shown
from sendung.media.transcripts.passages import Passage

_BOLD = re.compile(r"(\*\*|__)(?P<name>[^*_:]+):?\1\s*:?")
_COLON = re.compile(r"(?P<name>[^:：]{1,80}?)\s?[:：](?:\s+(?P<text>\S.*))?")
_BRACKETS = re.compile(r"[\[(<](?P<name>[^\[\]()<>]{1,60})[\])>]")
_BRACKETED = re.compile(r"[\[(<](?P<name>[^\[\]()<>]{1,60})[\])>]\s+(?P<text>\S.*)")
_TIGHT = re.compile(r"(?P<name>[^:：]{1,80}?)[:：](?P<text>[^\s/].*)")
_TURN = re.compile(r"^(?:>>+|[-–—])\s*")
"""Before what another says: ">>" of broadcasters' captions, the dash of subtitles."""
_NO_NAME = re.compile(r"[?!;\"„“”<>\[\]]")
_PARTICLE = re.compile("von|van|vom|zu|zum|zur|d[aeiou]|de[lnrs]|l[ae]|[ae]l|ibn|bin|und|and|of|the")
_SOUND = re.compile(r"[\[(♪*].*")
_ENDED = re.compile(r"[.!?…:\"“”)\]]$")
_SOUNDS = {"musik", "music", "lachen", "gelächter", "laughter", "applaus", "applause", "pause", "stille", "silence"}
_MOST_WORDS = 4
_LONGEST = 60


@dataclass(frozen=True)
class Label:
    """Who is named before a colon, and what stands behind it (which may be nothing)."""

    name: str
    text: str
    sure: bool
    """Whether it can be nothing else: a host, a guest, a name in brackets."""
    bare_brackets: bool = False
    """Whether it stands in brackets without a colon."""


def attribute(passages: Sequence[Passage], names: Names, *, timed: bool) -> list[Passage]:
    """The passages with labels turned into speakers; a speaker goes on until another is named.

    (podcast-namespace, "Transcript File Format Details", SRT: the name where the speaker changes.) Nothing is taken
    for a name unless the first thing said has one, or a host or guest is named, so that "Achtung: …" stays text. A
    label that is nobody known is a speaker of its own, so that no words are put into another's mouth.
    """
    reader = _Labels.of(passages, names, timed=timed)
    return list(reader.spoken(passages)) if reader else list(passages)


@dataclass(frozen=True)
class _Labels:
    """How the labels of a file are told."""

    names: Names
    timed: bool
    every: bool = False
    """Whether all that is said has a label: then any words before a colon are one."""
    again: bool = False
    """Whether a label is also there where the same person goes on: then who has none is nobody."""
    commas: bool = False
    """Whether names are written "Kramer, Sven"."""
    bare_brackets: bool = False
    """Whether names are in brackets without a colon."""

    @classmethod
    def of(cls, passages: Sequence[Passage], names: Names, *, timed: bool) -> _Labels | None:
        """The labels of a file; None if it has none."""
        rules = cls(names, timed)
        spoken = [p for p in passages if p.lines and (rules.label(p.lines[0]) or not _SOUND.fullmatch(p.lines[0]))]
        known = [label for p in spoken if (label := _split(p.lines[0])) and names.name_of(label.name)]
        known += [label for p in spoken if (label := rules.above(p) or rules.tight(p.lines[0]))]
        first = rules.label(spoken[0].lines[0]) if spoken else None
        if not known and not (first and (first.text or not timed or len(spoken[0].lines) > 1)):
            return None
        labels = [_split(p.lines[0]) for p in spoken]
        labelled = sum(bool(label and _may_be(label.name)) for label in labels)
        every = timed and len(spoken) > 1 and labelled * 10 >= len(spoken) * 9
        again = every and any(a and b and a.name == b.name for a, b in pairwise(labels))
        commas = any("," in label.name for label in known)
        return replace(
            rules, every=every, again=again, commas=commas, bare_brackets=any(label.bare_brackets for label in known)
        )

    def spoken(self, passages: Sequence[Passage]) -> Iterator[Passage]:
        """The passages, parted where another speaks."""
        speaker: str | None = None
        ended = True
        for passage in passages:
            lines: list[str] = []
            first = 0
            speaker = None if self.again else speaker
            for index, line in enumerate(passage.lines):
                turn = self._turn(passage, index, ended=ended)
                ended = bool(_ENDED.search(line))
                if turn and lines:
                    yield self._part(passage, first, lines, speaker)
                    lines = []
                speaker, text = (turn.name or None, turn.text) if turn else (speaker, line)
                first = first if lines else index
                lines += [text] if text else []
            if lines:
                yield self._part(passage, first, lines, speaker)

    def _part(self, passage: Passage, first: int, lines: Sequence[str], speaker: str | None) -> Passage:
        line = passage.line if self.timed else passage.line + first
        return replace(passage, line=line, lines=tuple(lines), speaker=speaker)

    def _turn(self, passage: Passage, index: int, *, ended: bool) -> Label | None:
        """Who begins to speak with a line of a passage (nameless: somebody else), and what; None if nobody does."""
        line, last = passage.lines[index], index == len(passage.lines) - 1
        if index == 0 and (above := self.above(passage)):
            return above
        label = self.label(line) or self.tight(line) or (self._handle(line) if ended else None)
        opens = index == 0 or ended or not self.timed or bool(_TURN.match(line))
        if label and (label.sure or (opens and (label.text or not last or not self.timed))):
            return label
        turns = sum(bool(_TURN.match(other)) for other in passage.lines)
        if _TURN.match(line) and (line.startswith(">>") or turns > 1):
            return Label("", _TURN.sub("", line, count=1), sure=False)
        return None

    def tight(self, line: str) -> Label | None:
        """A host or guest right before a colon without a blank behind it."""
        match = _TIGHT.fullmatch(_TURN.sub("", line, count=1))
        known = match and self.names.name_of(match["name"].strip("[]() "))
        return Label(clean(match["name"].strip("[]() ")), clean(match["text"]), sure=True) if match and known else None

    def _handle(self, line: str) -> Label | None:
        """A single word in lower case before a colon, where a sentence would begin with a capital: "clara: Hallo."."""
        label = _split(line)
        handle = label and label.text and label.name.isalpha() and label.name.islower()
        return label if handle and label and not self.names.is_text(label.name) else None

    def above(self, passage: Passage) -> Label | None:
        """The full name of a host or guest that stands alone above what is said."""
        name = passage.lines[0]
        alone = len(passage.lines) > 1 and len(name.split()) > 1 and self.names.name_of(name)
        return Label(name, "", sure=True) if alone else None

    def label(self, line: str) -> Label | None:
        """The label that a line begins with."""
        label = _split(line)
        if label is None or self.names.is_text(label.name):
            return None
        if self.names.name_of(label.name):
            return replace(label, sure=True)
        name = shown(label.name)
        if label.bare_brackets:
            taken = is_numbered(name) or (self.bare_brackets and is_name(name) and name.casefold() not in _SOUNDS)
        else:
            words = is_name(name, commas=self.commas) or (self.every and _may_be(name))
            taken = words or (label.sure and _may_be(name))
        return replace(label, name=name) if taken else None


def _split(line: str) -> Label | None:
    """What a line has before a colon, or in brackets, and what follows."""
    bare = _TURN.sub("", line, count=1).lstrip("@~")
    bold = _BOLD.match(bare)
    if bold and ":" in bold[0]:
        return Label(clean(bold["name"]), clean(bare[bold.end() :]), sure=False)
    if colon := _split_colon(bare):
        brackets = _BRACKETS.fullmatch(colon["name"].strip())
        name = brackets["name"] if brackets else colon["name"]
        return Label(clean(name), clean(colon["text"] or ""), sure=bool(brackets))
    bracketed = _BRACKETED.fullmatch(bare)
    if bracketed is None:
        return None
    return Label(clean(bracketed["name"]), clean(bracketed["text"]), sure=True, bare_brackets=True)


def _split_colon(line: str) -> re.Match[str] | None:
    return _COLON.fullmatch(_TURN.sub("", line, count=1))


def _may_be(name: str) -> bool:
    return 0 < len(name) <= _LONGEST and not _NO_NAME.search(name) and name[0].isalnum()


def is_name(name: str, *, commas: bool = False) -> bool:
    """Whether words look like a name: each with a capital or a figure, or a title, or a particle ("Anna von Berg").

    Four at most, titles and particles not counted.
    """
    if not _may_be(name) or not name[0].isalpha() or ("," in name and not commas):
        return False
    words = [word for word in name.replace(",", " ").split() if not is_title(word) and not _PARTICLE.fullmatch(word)]
    return 0 < len(words) <= _MOST_WORDS and all(any(c.isupper() or c.isdigit() or c == "_" for c in w) for w in words)
