"""Tags of the podcast namespace that a show and an episode alike may have (podcast-namespace docs/tags)."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.model import Discussion, License, Location, Recipient, Supplements, Value
from sendung.feed.xml import optional, quote


def supplements(facts: Supplements) -> Iterator[str]:
    """The tags of one channel or item."""
    for link in facts.funding:
        yield f'<podcast:funding url="{quote(link.url)}">{quote(link.title)}</podcast:funding>'
    if facts.license:
        yield _license(facts.license)
    yield from (_location(location) for location in facts.locations if quote(location.name))
    for txt in facts.txt:
        yield f"<podcast:txt{optional('purpose', txt.purpose)}>{quote(txt.text)}</podcast:txt>"
    for priority, discussion in enumerate(facts.discussions, 1):
        yield _discussion(discussion, priority)
    if facts.value:
        yield from _value(facts.value)


def _license(license_: License) -> str:
    """docs/tags/license.md: identifiers of well-known licenses are written in lower case."""
    name = license_.name if license_.url else license_.name.lower()
    return f"<podcast:license{optional('url', license_.url)}>{quote(name)}</podcast:license>"


def _location(location: Location) -> str:
    """docs/tags/location.md."""
    place = optional("geo", location.geo) + optional("osm", location.osm) + optional("country", location.country)
    return f'<podcast:location rel="{location.rel}"{place}>{quote(location.name)}</podcast:location>'


def _discussion(discussion: Discussion, priority: int) -> str:
    """docs/tags/social-interact.md; a protocol of "disabled" has no other attribute."""
    if discussion.protocol == "disabled":
        return '<podcast:socialInteract protocol="disabled"/>'
    post = f'protocol="{quote(discussion.protocol)}" uri="{quote(discussion.url)}"'
    account = optional("accountId", discussion.account) + optional("accountUrl", discussion.account_url)
    return f'<podcast:socialInteract priority="{priority}" {post}{account}/>'


def _value(value: Value) -> Iterator[str]:
    """docs/tags/value.md."""
    kind = f'type="{quote(value.type)}" method="{quote(value.method)}"{optional("suggested", value.suggested)}'
    yield f"<podcast:value {kind}>"
    yield from (f"  {_recipient(recipient)}" for recipient in value.recipients)
    yield "</podcast:value>"


def _recipient(recipient: Recipient) -> str:
    """docs/tags/value-recipient.md."""
    payee = f'type="{quote(recipient.type)}" address="{quote(recipient.address)}" split="{recipient.split}"'
    custom = optional("customKey", recipient.custom_key) + optional("customValue", recipient.custom_value)
    fee = ' fee="true"' if recipient.fee else ""
    return f"<podcast:valueRecipient{optional('name', recipient.name)} {payee}{custom}{fee}/>"
