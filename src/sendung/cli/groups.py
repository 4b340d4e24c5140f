"""Warnings of one kind, told in one line where there are many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from sendung.core.errors import Problem, Severity
from sendung.core.words import Message, told, told_many

FEW = 3
"""Episodes that are still told of one by one."""
_NAMED = 3
"""Episodes of a group that are named."""
_LONGEST = 40
"""Characters of a name that was taken from a message."""
_PLACE = re.compile(r"episodes/([^/\s]+)/\S+?(?::\d+)*: ")
_RULE = re.compile(r" \[([a-z0-9-]+)\]$")
_VARYING = re.compile(r"„[^“]*“|“[^”]*”|\"[^\"]*\"|\S*[/\d]\S*")
"""What differs between messages that say the same: names, addresses, numbers."""
_WORD = re.compile(r"[^\W\d_]{3}")
_LOSSES = "losses"
"""The value of a message that says what of others' a host replaces: however many there are, each is told."""
_TOKEN = re.compile(r"„[^“]*“\S*|“[^”]*”\S*|\"[^\"]*\"\S*|\S+")
"""A word, or what stands in quotation marks."""


class _Warning(NamedTuple):
    """A problem, taken apart."""

    problem: Problem
    slug: str
    """Of the episode whose file it is about; empty where that is not known."""
    text: str
    rule: str

    @property
    def kind(self) -> tuple[Severity, str]:
        """What problems have in common that are told together."""
        message = self.problem.message
        template = message.template if isinstance(message, Message) and message.values else ""
        said = template if _WORD.search(re.sub(r"{[^}]*}", "", template)) else _VARYING.sub("…", self.text)
        return self.problem.severity, self.rule or said

    @property
    def alone(self) -> bool:
        """Whether it is told by itself, however many there are of its kind."""
        return self.problem.severity is Severity.ERROR or _LOSSES in _values(self.problem.message)


def grouped(problems: Sequence[Problem]) -> list[Problem]:
    """The same problems; but warnings and notes of one kind, where there are more than a few, are one."""
    warnings = [_apart(problem) for problem in problems]
    sizes = Counter(part.kind for part in warnings)
    lines: list[Problem] = []
    begun: set[tuple[Severity, str]] = set()
    for part in warnings:
        if sizes[part.kind] <= FEW or part.alone:
            lines.append(part.problem)
        elif part.kind not in begun:
            begun.add(part.kind)
            lines.append(_together([other for other in warnings if other.kind == part.kind]))
    return lines


def _apart(problem: Problem) -> _Warning:
    text, slug = told(problem.message), ""
    if match := _PLACE.match(text):
        slug, text = match[1], text[match.end() :]
    elif problem.place and "episodes" in problem.place.file.parts[:-2]:
        parts = problem.place.file.parts
        slug = parts[len(parts) - 1 - parts[::-1].index("episodes") + 1]
    else:
        slug = str(_values(problem.message).get("slug", ""))
    rule = problem.rule
    if match := _RULE.search(text):
        rule, text = match[1], text[: match.start()]
    return _Warning(problem, slug, text, rule)


def _values(message: str) -> Mapping[str, object]:
    return message.values if isinstance(message, Message) else {}


def _together(warnings: Sequence[_Warning]) -> Problem:
    """One problem for several of a kind: of how many it is, what all of them say, and who some are."""
    first = warnings[0]
    text, differing = _common([_TOKEN.findall(part.text) for part in warnings])
    names = list(dict.fromkeys(part.slug or name[:_LONGEST] for part, name in zip(warnings, differing, strict=True)))
    placed = all(part.slug for part in warnings)
    number = len(names) if placed else len(warnings)
    rule = f" [{first.rule}]" if first.rule else ""
    some = ", ".join(filter(None, names[:_NAMED])) + (" …" if len(names) > _NAMED else "")
    what = f"{text}{rule}" + (f": {some}" if some else "")
    if placed:
        message = told_many(
            number, "{n} episode: {what} (--each shows each)", "{n} episodes: {what} (--each shows each)", what=what
        )
    else:
        message = told_many(
            number, "{n} place: {what} (--each shows each)", "{n} places: {what} (--each shows each)", what=what
        )
    hint, _ = _common([_TOKEN.findall(told(part.problem.hint)) for part in warnings])
    return Problem(message, hint, None, first.problem.severity)


def _common(texts: Sequence[Sequence[str]]) -> tuple[str, list[str]]:
    """What some texts have in common, with "…" for what differs, and what differs first in each."""
    if len({len(words) for words in texts}) > 1:
        head = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))]
        rests = [words[len(head) :][::-1] for words in texts]
        tail = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*rests, strict=False))]
        return " ".join([*head, "…", *tail[::-1]]), [_bare(" ".join(rest[len(tail) :][::-1])) for rest in rests]
    columns = list(zip(*texts, strict=True))
    words = [column[0] if len(set(column)) == 1 else "…" for column in columns]
    differing = next((column for column in columns if len(set(column)) > 1), [""] * len(texts))
    return " ".join(words), [_bare(word) for word in differing]


def _bare(name: str) -> str:
    return name.strip('„“”".,:; ')
