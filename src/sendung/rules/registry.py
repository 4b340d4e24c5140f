"""What a rule is, and how one is written: a small function that yields what breaks it.

    @show_rule("apple-title", ERROR, APPLE, "Give the show a title.", field="title")
    def has_title(feed: Feed) -> Iterator[Hit]:
        '''The show has a title.'''

The first line of the docstring says what holds where all is well; further lines say why.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sendung.core.errors import Problem, Severity
from sendung.core.words import say
from sendung.feed.document import Element, Feed

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Subject(StrEnum):
    """What a rule looks at, and so what its function takes."""

    SHOW = "the feed"
    """(Feed)"""
    EPISODE = "each item"
    """(Feed, Element)"""
    OBSERVED = "what was fetched or measured"
    """One of the classes in `observations`."""


@dataclass(frozen=True)
class Hit:
    """One place where a rule is broken."""

    message: str
    line: int = 0
    """In the feed; 0 stands for the start of what was looked at."""
    item: Element | None = None
    """The item it is about, where a rule looks at several."""
    field: str = ""
    """The key that the broken value comes from, where the rule's own does not say."""


@dataclass(frozen=True)
class Rule:
    """One rule of one authority."""

    id: str
    severity: Severity
    source: str
    """Who says so: the document's name and section. "(S)": known at second hand only."""
    hint: str
    field: str
    """The key of show.yaml or episode.yaml that the broken value comes from, or empty; "a|b": a where it is written."""
    subject: Subject
    test: Callable[..., Iterable[Hit]]
    observes: type | None = None
    """For OBSERVED: the class of what it looks at."""

    @property
    def summary(self) -> str:
        """What holds where all is well, in one sentence."""
        return (inspect.getdoc(self.test) or "").partition("\n")[0]

    @property
    def reason(self) -> str:
        """The rest of what there is to say; often nothing."""
        return (inspect.getdoc(self.test) or "").partition("\n")[2].strip()


@dataclass(frozen=True)
class Finding:
    """A rule that is broken somewhere."""

    rule: str
    severity: Severity
    message: str
    hint: str
    field: str
    line: int
    """In the feed, from 1; 0 if the place is not in the feed."""
    guid: str | None = None
    """Of the item; None if it is the show's."""
    url: str = ""
    """Of what was fetched, for findings about that."""

    @property
    def problem(self) -> Problem:
        """The finding as a problem, with the address that it is about."""
        message = say("{url}: {message}", url=self.url, message=self.message) if self.url else self.message
        return Problem(message, self.hint, None, self.severity, self.rule)


ALL: dict[str, Rule] = {}
"""Every rule by its id, in the order of the files that define them."""

ShowTest = Callable[[Feed], Iterator[Hit]]
EpisodeTest = Callable[[Feed, Element], Iterator[Hit]]
Thing = TypeVar("Thing")
Test = TypeVar("Test", bound=Callable[..., Iterator[Hit]])


def show_rule(
    rule_id: str, severity: Severity, source: str, hint: str, field: str = ""
) -> Callable[[ShowTest], ShowTest]:
    """Register a function of (Feed) as a rule about the whole feed."""
    return _registering(lambda test: Rule(rule_id, severity, source, hint, field, Subject.SHOW, test))


def episode_rule(
    rule_id: str, severity: Severity, source: str, hint: str, field: str = ""
) -> Callable[[EpisodeTest], EpisodeTest]:
    """Register a function of (Feed, item) as a rule about each item."""
    return _registering(lambda test: Rule(rule_id, severity, source, hint, field, Subject.EPISODE, test))


def observed_rule(
    rule_id: str, severity: Severity, source: str, hint: str, observes: type[Thing], field: str = ""
) -> Callable[[Callable[[Thing], Iterator[Hit]]], Callable[[Thing], Iterator[Hit]]]:
    """Register a function of something in `observations` as a rule about it."""
    return _registering(lambda test: Rule(rule_id, severity, source, hint, field, Subject.OBSERVED, test, observes))


def _registering(rule_of: Callable[[Test], Rule]) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        rule = rule_of(test)
        if rule.id in ALL:
            raise AssertionError(f"two rules are called {rule.id}")
        ALL[rule.id] = rule
        return test

    return register


def missing(parent: Element, name: str, what: str) -> Iterator[Hit]:
    """A hit if the parent has no such child, or only an empty one."""
    if not parent.value(name):
        child = parent.first(name)
        yield Hit(
            say("{what} has no <{name}>.", what=what, name=name)
            if child is None
            else say("{what}’s <{name}> is empty.", what=what, name=name),
            _line(child, parent),
        )


def missing_attribute(parent: Element, name: str, attribute: str, what: str) -> Iterator[Hit]:
    """A hit if the parent has no such child with that attribute filled."""
    if not parent.attribute(name, attribute):
        child = parent.first(name)
        message = (
            say("{what} has no <{name}>.", what=what, name=name)
            if child is None
            else say("{what}’s <{name}> has no {attribute}.", what=what, name=name, attribute=attribute)
        )
        yield Hit(message, _line(child, parent))


def _line(child: Element | None, parent: Element) -> int:
    return (child or parent).line
