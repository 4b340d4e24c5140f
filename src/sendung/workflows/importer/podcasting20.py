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

_LONGEST_FUNDING = 128
"""docs/tags/funding.md."""
_SOUNDBITE_S = (15, 120)
"""docs/tags/soundbite.md."""


def supplements(parent: Element, base: str) -> dict[str, Any]:
    """The values of a `feed:` key; whatever is not as the namespace wants it is left out."""
    values = {
        "funding": list(_funding(parent, base)),
        "license": next(_license(parent, base), None),
        "locations": list(_locations(parent)),
        "txt": [
            filled({"text": element.text.strip(), "purpose": element.attributes.get("purpose")})
            for element in parent.every("podcast:txt")
        ],
        "discussions": list(_discussions(parent, base)),
        "value": next(_values(parent), None),
    }
    return fitting(values, Supplements)


def fitting(values: Mapping[str, Any], kind: type[BaseModel]) -> dict[str, Any]:
    """What a key of the YAML files may hold: of lists the entries that fit, of other values all or nothing."""
    kept = {
        key: [entry for entry in value if _fits({key: [entry]}, kind)] if isinstance(value, list) else value
        for key, value in values.items()
    }
    return {key: value for key, value in kept.items() if value and _fits({key: value}, kind)}


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those that say something."""
    return {key: value for key, value in values.items() if value not in (None, "")}


def soundbites(item: Element) -> list[dict[str, Any]]:
    """The values of a `soundbites:` key."""
    bites = []
    for element in item.every("podcast:soundbite"):
        try:
            start, length = (float(element.attributes[name]) for name in ("startTime", "duration"))
        except (KeyError, ValueError):
            continue
        if start >= 0 and _SOUNDBITE_S[0] <= length <= _SOUNDBITE_S[1]:
            bites.append(
                filled({"at": _plain(start), "duration": _plain(length), "title": html_text.line(element.text)})
            )
    return bites


def season_name(item: Element) -> str:
    """What the item's season is called; empty if it has no name."""
    return html_text.line(item.attribute("podcast:season", "name"))


def _funding(parent: Element, base: str) -> Iterator[dict[str, str]]:
    for element in parent.every("podcast:funding"):
        if url := absolute(base, element.attributes.get("url", "")):
            yield {"title": html_text.line(element.text)[:_LONGEST_FUNDING] or url, "url": secure(url)}


def _license(parent: Element, base: str) -> Iterator[dict[str, str]]:
    for element in parent.every("podcast:license"):
        link = element.attributes.get("url", "").strip()
        yield filled({"name": html_text.line(element.text), "url": absolute(base, link) if link else None})


def _locations(parent: Element) -> Iterator[dict[str, str]]:
    for element in parent.every("podcast:location"):
        names = ("rel", "geo", "osm", "country")
        yield filled({"name": html_text.line(element.text)} | {name: element.attributes.get(name) for name in names})


def _discussions(parent: Element, base: str) -> Iterator[dict[str, str]]:
    def priority(element: Element) -> int:
        text = element.attributes.get("priority", "")
        return int(text) if text.isascii() and text.isdigit() else 1000

    for element in sorted(parent.every("podcast:socialInteract"), key=priority):
        url, account_url = (element.attributes.get(name, "").strip() for name in ("uri", "accountUrl"))
        yield filled(
            {
                "protocol": element.attributes.get("protocol", "").lower(),
                "url": absolute(base, url) if url else None,
                "account": html_text.line(element.attributes.get("accountId", "")),
                "account_url": absolute(base, account_url) if account_url else None,
            }
        )


def _values(parent: Element) -> Iterator[dict[str, Any]]:
    """docs/tags/value.md: the payment as it stands there."""
    for element in parent.every("podcast:value"):
        attributes = {name: element.attributes.get(name, "").strip() for name in ("type", "method", "suggested")}
        yield filled(
            {**attributes, "recipients": [_recipient(payee) for payee in element.every("podcast:valueRecipient")]}
        )


def _recipient(payee: Element) -> dict[str, Any]:
    """docs/tags/value-recipient.md."""
    attributes = {name: payee.attributes.get(name, "").strip() for name in ("name", "type", "address", "split")}
    split = int(attributes["split"]) if re.fullmatch(r"\d{1,9}", attributes["split"], re.ASCII) else attributes["split"]
    custom = {f"custom_{name.lower()}": payee.attributes.get(f"custom{name}", "").strip() for name in ("Key", "Value")}
    fee = payee.attributes.get("fee", "").strip().lower() == "true"
    return filled({**attributes, "split": split, "fee": fee or None, **custom})


def _fits(values: Mapping[str, Any], kind: type[BaseModel]) -> bool:
    try:
        from_host(kind, values)
    except ValidationError:
        return False
    return True


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number
