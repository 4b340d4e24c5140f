"""Addresses: as messages show them, without what may be secret (they end in logs, chats, reports of bugs); in links."""

from __future__ import annotations

import re

NEWSLETTER = "newsletter"
"""What links in a newsletter say of where they stand."""
_HIDDEN = "…"
_ADDRESS = re.compile(r"(?<!--override )(?<!GUID )(?<!guid: )\b(?<![+.-])[A-Za-z][\w+.-]*://\S*[^\s.,:;!?)\"'”’]")
"""An address within a sentence; but a GUID may look like one, and hosts have to type it again."""
_HANDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[^@]*)?/@[^@:]*")
"""What a web page's "@name" stands behind: a host with a dot, and a slash."""


_CUSTOMERS = re.compile(r"\b(customers/)[0-9a-f]{32}")
"""Where what customers fetch is: who knows the digits gets it."""


def told_from(address: str, word: str) -> str:
    """A page's address as a link that says where it stands, for who counts the server's log: the same for all readers.

    `address` has neither query nor fragment; the word has letters, digits, "-" and "_".
    """
    return f"{address}?from={word}"


def shown(address: str) -> str:
    """An address as messages may show it: no user, password, query or fragment, also where it is badly written.

    A password may hold slashes, so all before the last "@" is hidden, unless it is a name such as youtube.com/@show.
    """
    scheme, separator, rest = address.rpartition("://") if "@" in address else address.partition("://")
    if not separator:
        scheme, rest = "", address
    if "@" in rest and not _HANDLE.fullmatch(re.split(r"[?#]", rest, maxsplit=1)[0]):
        scheme, rest = scheme.partition("://")[0], f"{_HIDDEN}@{rest.rpartition('@')[2]}"
    visible = re.match(r"[^?#]*", rest)
    kept = visible.group() if visible else ""
    more = f"{rest[len(kept)]}{_HIDDEN}" if len(kept) + 1 < len(rest) else rest[len(kept) :]
    return "".join(c if c.isprintable() else "?" for c in f"{scheme}{separator}{kept}{more}")


def hide_secrets(text: str) -> str:
    """A sentence, of whose addresses only what messages may show is left; of a customer's nothing that tells it."""
    text = _CUSTOMERS.sub(rf"\1{_HIDDEN}", text)
    return _ADDRESS.sub(lambda match: shown(match.group()), text) if "://" in text else text
