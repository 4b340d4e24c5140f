"""Transcripts in markup: TTML, and the HTML of Podcasting 2.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from sendung.core.text import clean
from sendung.core.words import say
from sendung.media.chapters import parse_time
from sendung.media.transcripts.passages import Mistake, Parts, Passage

_TTML = "{http://www.w3.org/ns/ttml}"
_METADATA = "{http://www.w3.org/ns/ttml#metadata}"
_PARAMETER = "{http://www.w3.org/ns/ttml#parameter}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)")
_FRAMES = re.compile(r"(\d{2,}:\d{2}:\d{2}):(\d{2,})(?:\.\d+)?")
_UNITS = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0}
_HINT = "Export it as WebVTT or SRT."
_BLOCKS = ("cite", "time", "p")


def is_ttml(text: str) -> bool:
    """Whether text is a TTML document (also EBU-TT-D, IMSC, iTT, DFXP)."""
    return re.search(r"<(?:\w+:)?tt[\s>]", text[:4000]) is not None


def read_ttml(text: str) -> Parts:
    """Paragraphs with begin and end or dur (W3C TTML2, section 12); times count from those of what is around them."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        return [
            Mistake(
                error.lineno or 1, say("This is not right XML: {msg}.", msg=error.msg), "Export the transcript again."
            )
        ]
    document = _Ttml.of(root)
    return list(document.passages(root, 0, None))


@dataclass(frozen=True)
class _Ttml:
    frame_ms: float
    tick_ms: float
    people: dict[str, str] = field(default_factory=dict)
    """The names of agents (section 14.1.2), by their ids."""

    @classmethod
    def of(cls, root: etree._Element) -> _Ttml:
        rate = _number(root.get(f"{_PARAMETER}frameRate"), 30)
        people = {}
        for agent in root.iter(f"{_METADATA}agent"):
            name = clean(" ".join(clean(_said(part)) for part in agent.iter(f"{_METADATA}name")))
            if name and agent.get(_XML_ID):
                people[str(agent.get(_XML_ID))] = name
        return cls(1000 / rate, 1000 / _number(root.get(f"{_PARAMETER}tickRate"), rate), people)

    def passages(self, element: etree._Element, base_ms: float, speaker: str | None) -> Iterator[Passage | Mistake]:
        """What is said in an element, in times that count from `base_ms`."""
        line = element.sourceline if isinstance(element.sourceline, int) else 0
        begin, end, duration = (self._ms(element.get(name)) for name in ("begin", "end", "dur"))
        label = element.get(f"{_METADATA}agent", "").split(" ")[0]
        speaker = self.people.get(label, label) or speaker
        if -1 in (begin, end, duration):
            times = " ".join(f'{name}="{element.get(name)}"' for name in ("begin", "end", "dur") if element.get(name))
            yield Mistake(line, say("{times} are no times of TTML that are read here.", times=times), _HINT)
            return
        start = base_ms + (begin or 0)
        if element.tag != f"{_TTML}p":
            for child in element:
                if isinstance(child.tag, str):
                    yield from self.passages(child, start, speaker)
            return
        lines = tuple(line for line in map(clean, _said(element).split("\n")) if line)
        timed = [span for span in element.iter(f"{_TTML}span") if span.get("begin")]
        if begin is None and not timed and not base_ms and lines:
            yield Mistake(line, say('"{lines}" has no begin.', lines=lines[0][:60]), _HINT)
            return
        if begin is None and timed:
            start += self._ms(timed[0].get("begin")) or 0
            end = self._ms(timed[-1].get("end")) if end is None else end
        stop = base_ms + end if end is not None else start + duration if duration is not None else None
        yield Passage(line, round(start), None if stop is None else max(round(stop), round(start) + 1), lines, speaker)

    def _ms(self, value: str | None) -> float | None:
        """A time expression (section 12.3.1) in milliseconds; -1 for one that is not read."""
        if value is None:
            return None
        offset, frames = _OFFSET.fullmatch(value.strip()), _FRAMES.fullmatch(value.strip())
        if offset:
            return float(offset[1]) * {**_UNITS, "f": self.frame_ms, "t": self.tick_ms}[offset[2]]
        try:
            return parse_time(frames[1]) + int(frames[2]) * self.frame_ms if frames else parse_time(value)
        except ValueError:
            return -1


def _number(value: str | None, default: float) -> float:
    try:
        number = float(value or default)
    except ValueError:
        return default
    return number if number > 0 else default


def _said(element: etree._Element) -> str:
    """The text of an element; br ends a line, and its metadata is not said."""
    parts = [re.sub(r"\s+", " ", element.text or "")]
    for child in element:
        if any(str(name).endswith("}unit") and unit == "word" for name, unit in child.attrib.items()):
            parts.append(" ")  # Apple's podcast transcripts have a span for each word, and no blanks between
        if child.tag == f"{_TTML}br":
            parts.append("\n")
        elif isinstance(child.tag, str) and not child.tag.startswith(_METADATA):
            parts.append(_said(child))
        parts.append(re.sub(r"\s+", " ", child.tail or ""))
    return "".join(parts)


def read_html(text: str) -> Parts:
    """cite, time and p, one after the other (podcast-namespace, "Transcript File Format Details", HTML)."""
    root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    blocks = [element for element in root.iter() if element.tag in _BLOCKS and not _within_block(element)]
    if not any(element.tag in ("cite", "time") for element in blocks):
        return [Mistake(1, "This is a web page, but no transcript with cite, time and p.", _HINT)]
    return list(_monologues(blocks))


def _within_block(element: etree._Element) -> bool:
    return any(parent.tag == "p" for parent in element.iterancestors())


def _monologues(blocks: list[etree._Element]) -> Iterator[Passage | Mistake]:
    timed = any(element.tag == "time" for element in blocks)
    speaker: str | None = None
    start = 0
    for element in blocks:
        words = clean("".join(str(part) for part in element.itertext()))
        line = element.sourceline if isinstance(element.sourceline, int) else 0
        if element.tag == "cite":
            speaker = words.rstrip(": ") or None
        elif element.tag == "time":
            try:
                start = parse_time(words)
            except ValueError:
                yield Mistake(line, say('"{words}" is not a time.', words=words), _HINT)
        elif words:
            yield Passage(line, start, None if timed else 0, (words,), speaker)
