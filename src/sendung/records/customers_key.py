"""The key that makes every address for customers: HMAC-SHA-256, each use with a word of its own. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, field

from sendung.core.errors import UsageError
from sendung.core.words import say

FOLDER = "customers/"
"""What customers fetch is in here, each below 32 hexadecimal digits that nobody can guess."""
_WRITTEN = "sendung-customers-"
_BYTES = 32


def folded(name: str) -> str:
    """What of a customer's name or id counts: not its capitals, spaces around it, or which of two spellings it has."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


@dataclass(frozen=True)
class CustomersKey:
    """256 bits that stay with the hosts. Whoever has them can make every customer's address."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> CustomersKey:
        """A key that nobody had before."""
        return cls(secrets.token_bytes(_BYTES))

    @staticmethod
    def is_written(text: str) -> bool:
        """Whether a text is meant to be a key, right or wrong, and not the name of a file."""
        return text.startswith(_WRITTEN)

    @classmethod
    def parse(cls, text: str) -> CustomersKey:
        """A key as it is written. Raises UsageError, which does not repeat it."""
        match = re.fullmatch(rf"{_WRITTEN}([0-9a-f]{{{2 * _BYTES}}})", text.strip())
        if match is None:
            message = say(
                "The customers' key is not one: it begins with {written} and has {bytes} digits after that.",
                written=_WRITTEN,
                bytes=2 * _BYTES,
            )
            raise UsageError(message, "Copy it again, as a whole, from whoever made it.")
        return cls(bytes.fromhex(match[1]))

    def of_show(self, guid: str) -> CustomersKey:
        """The key of one show: hosts may have one for several, and nobody is to know one's folders by another's."""
        return CustomersKey(hmac.new(self.secret, f"show\0{guid}".encode(), hashlib.sha256).digest())

    @property
    def written(self) -> str:
        """The key as hosts keep it."""
        return f"{_WRITTEN}{self.secret.hex()}"

    @property
    def mark(self) -> str:
        """What records say of the key, so that a wrong one is noticed. It tells nothing of the key."""
        return self._digits("mark", "")

    def number_of(self, name: str) -> str:
        """What records know a customer by: of a name or id, however it is typed."""
        return self._digits("customer", folded(name))

    def token(self, number: str, serial: int) -> str:
        """The folder of a customer's own feed and page; `serial` counts the addresses that this customer got."""
        return self._digits("address", f"{number} {serial}")

    def files(self, entry: int) -> str:
        """The folder of the files and pages that all customers share, since an entry moved them."""
        return self._digits("files", str(entry))

    @property
    def placeholder(self) -> str:
        """What stands for a customer's folder in what is rendered once for all."""
        return self._digits("placeholder", "")

    def _digits(self, use: str, text: str) -> str:
        """128 bits, as hexadecimal digits."""
        return hmac.new(self.secret, f"{use}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]
