"""What podcast directories demand of a feed; one small function a rule, a file for each authority.

`check` looks at a feed alone, `judge` at what was fetched or measured. A finding can be allowed by its rule's id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sendung.core.errors import UsageError
from sendung.core.words import join, say
from sendung.feed.document import Element, Feed
from sendung.rules import (  # noqa: F401 - each registers its rules, in this order
    apple_episode,
    apple_files,
    apple_show,
    articles,
    languages,
    podcasting20,
    psp1,
    rss,
    servers,
    spotify,
    youtube,
)
from sendung.rules.observations import (
    ArticleObservation,
    Artwork,
    EpisodeEdit,
    HttpObservation,
    LanguagePage,
    Opened,
    SavedFeed,
    Sound,
    TranscriptText,
)
from sendung.rules.registry import ALL, Finding, Hit, Rule, Subject

__all__ = ["ALL", "Finding", "Observed", "Rule", "check", "explain", "judge"]

Observed = (
    HttpObservation
    | Artwork
    | SavedFeed
    | Opened
    | Sound
    | TranscriptText
    | ArticleObservation
    | EpisodeEdit
    | LanguagePage
)


def check(feed: Feed, allow: Collection[str] = ()) -> list[Finding]:
    """What a feed breaks, in the order of its lines; without the rules whose ids are allowed."""
    findings = [
        finding for rule in ALL.values() if rule.id not in allow for finding in _apply(rule, feed)
    ]  # fmt: skip
    return sorted(findings, key=lambda finding: finding.line)


def judge(observed: Iterable[Observed], allow: Collection[str] = ()) -> list[Finding]:
    """What fetched or measured things break, in their order."""
    return [
        _finding(rule, hit, observation.url, observation.guid)
        for observation in observed
        for rule in ALL.values()
        if rule.observes is type(observation) and rule.id not in allow
        for hit in rule.test(observation)
    ]


def explain(rule_id: str) -> str:
    """A rule in a few lines of plain text. Raises UsageError for an id that there is not."""
    if not (rule := ALL.get(rule_id)):
        raise UsageError(say("There is no rule “{rule_id}”.", rule_id=rule_id), "docs/rules.md lists them all.")
    head = say("{id} ({severity}): {summary}", id=rule.id, severity=say(rule.severity), summary=rule.summary)
    lines = [head, "", *([rule.reason, ""] if rule.reason else [])]
    ends = [say("Source: {source}", source=rule.source), say("What to do: {hint}", hint=rule.hint)]
    return join("\n", [*lines, *ends])


def _apply(rule: Rule, feed: Feed) -> Iterator[Finding]:
    if rule.subject is Subject.SHOW:
        for hit in rule.test(feed):
            yield _finding(rule, replace(hit, line=hit.line or feed.channel.line))
    elif rule.subject is Subject.EPISODE:
        for item in feed.items:
            for hit in rule.test(feed, item):
                yield _finding(rule, replace(hit, line=hit.line or item.line, item=item))


def _finding(rule: Rule, hit: Hit, url: str = "", guid: str | None = None) -> Finding:
    if hit.item is not None:
        guid = _guid(hit.item)
    return Finding(rule.id, rule.severity, hit.message, rule.hint, hit.field or rule.field, hit.line, guid, url)


def _guid(item: Element) -> str | None:
    return item.value("guid") or None
