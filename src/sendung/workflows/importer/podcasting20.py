"""What an old feed tells Podcasting 2.0 apps, as show.yaml and episode.yaml write it (podcast-namespace, docs/tags)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sendung.core.field_types import from_host
from sendung.core.podcasting20 import Supplements
from sendung.feed.document import Element
from sendung.workflows.importer import html_text
from sendung.workflows.importer.urls import absolute, secure

TAGS = {
    "funding": "podcast:funding",
    "license": "podcast:license",
    "locations": "podcast:location",
    "txt": "podcast:txt",
    "discussions": "podcast:socialInteract",
    "value": "podcast:value",
}
"""Key to tag."""
SOUNDBITE = {"soundbites": "podcast:soundbite"}

_LONGEST_FUNDING = 128
"""docs/tags/funding.md."""
_SOUNDBITE_S = (15, 120)
"""docs/tags/soundbite.md."""


def supplements(parent: Element, base: str) -> dict[str, Any]:
    """The values of a `feed:` key; whatever is not as the namespace wants it is left out."""
    found = {
        "funding": list(_funding(parent, base)),
        "license": next(_license(parent, base), None),
        "locations": list(_locations(parent)),
        "txt": [
            filled({"text": one.text.strip(), "purpose": one.attributes.get("purpose")})
            for one in parent.every("podcast:txt")
        ],
        "discussions": list(_discussions(parent, base)),
        "value": next(_values(parent), None),
    }
    return fitting(found, Supplements)


def fitting(found: Mapping[str, Any], kind: type[BaseModel]) -> dict[str, Any]:
    """What a key of the YAML files may hold: of lists the entries that fit, of other values all or nothing."""
    kept = {
        key: [one for one in value if _fits({key: [one]}, kind)] if isinstance(value, list) else value
        for key, value in found.items()
    }
    return {key: value for key, value in kept.items() if value and _fits({key: value}, kind)}


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those that say something."""
    return {key: value for key, value in values.items() if value not in (None, "")}


def soundbites(item: Element) -> list[dict[str, Any]]:
    """The values of a `soundbites:` key."""
    found = []
    for one in item.every("podcast:soundbite"):
        try:
            start, length = (float(one.attributes[name]) for name in ("startTime", "duration"))
        except (KeyError, ValueError):
            continue
        if start >= 0 and _SOUNDBITE_S[0] <= length <= _SOUNDBITE_S[1]:
            found.append(filled({"at": _plain(start), "duration": _plain(length), "title": html_text.line(one.text)}))
    return found


def season_name(item: Element) -> str:
    """What the item's season is called; empty if it has no name."""
    return html_text.line(item.attribute("podcast:season", "name"))


def _funding(parent: Element, base: str) -> Iterator[dict[str, str]]:
    for one in parent.every("podcast:funding"):
        if url := absolute(base, one.attributes.get("url", "")):
            yield {"title": html_text.line(one.text)[:_LONGEST_FUNDING] or url, "url": secure(url)}


def _license(parent: Element, base: str) -> Iterator[dict[str, str]]:
    for one in parent.every("podcast:license"):
        link = one.attributes.get("url", "").strip()
        yield filled({"name": html_text.line(one.text), "url": absolute(base, link) if link else None})


def _locations(parent: Element) -> Iterator[dict[str, str]]:
    for one in parent.every("podcast:location"):
        names = ("rel", "geo", "osm", "country")
        yield filled({"name": html_text.line(one.text)} | {name: one.attributes.get(name) for name in names})


def _discussions(parent: Element, base: str) -> Iterator[dict[str, str]]:
    def priority(one: Element) -> int:
        text = one.attributes.get("priority", "")
        return int(text) if text.isascii() and text.isdigit() else 1000

    for one in sorted(parent.every("podcast:socialInteract"), key=priority):
        url, account_url = (one.attributes.get(name, "").strip() for name in ("uri", "accountUrl"))
        yield filled(
            {
                "protocol": one.attributes.get("protocol", "").lower(),
                "url": absolute(base, url) if url else None,
                "account": html_text.line(one.attributes.get("accountId", "")),
                "account_url": absolute(base, account_url) if account_url else None,
            }
        )


def _values(parent: Element) -> Iterator[dict[str, Any]]:
    """docs/tags/value.md: the payment as it stands there."""
    for one in parent.every("podcast:value"):
        said = {name: one.attributes.get(name, "").strip() for name in ("type", "method", "suggested")}
        yield filled({**said, "recipients": [_recipient(payee) for payee in one.every("podcast:valueRecipient")]})


def _recipient(payee: Element) -> dict[str, Any]:
    """docs/tags/value-recipient.md."""
    said = {name: payee.attributes.get(name, "").strip() for name in ("name", "type", "address", "split")}
    split = int(said["split"]) if re.fullmatch(r"\d{1,9}", said["split"], re.ASCII) else said["split"]
    custom = {f"custom_{name.lower()}": payee.attributes.get(f"custom{name}", "").strip() for name in ("Key", "Value")}
    fee = payee.attributes.get("fee", "").strip().lower() == "true"
    return filled({**said, "split": split, "fee": fee or None, **custom})


def _fits(values: Mapping[str, Any], kind: type[BaseModel]) -> bool:
    try:
        from_host(kind, values)
    except ValidationError:
        return False
    return True


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number
