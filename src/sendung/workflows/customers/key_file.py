"""Where this machine keeps the customers' key, and their names beside it."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.records.customers_key import CustomersKey


def key_file(named: str) -> Path | None:
    """Where the key is: the file that `named` names, else one in the user's settings; None if `named` is a key itself.

    `named` is what SENDUNG_CUSTOMERS_KEY holds.
    """
    if CustomersKey.is_written(named.strip()):
        return None
    return Path(named.strip()) if named.strip() else user_config_path("sendung", appauthor=False) / "customers.key"


def names_file(named: str) -> Path | None:
    """Where hosts keep the names of customers: beside the key; None where that is in no file."""
    path = key_file(named)
    return path.with_name(f"{path.stem}-names.csv") if path else None


def read_key(named: str) -> CustomersKey | None:
    """The customers' key of this machine, or None if it has none. Raises UsageError for one that others can read."""
    path = key_file(named)
    if path is None:
        return CustomersKey.parse(named)
    try:
        text = path.read_text("ascii")
        if path.stat().st_mode & 0o077:
            message = say("Others on this machine can read the customers' key in {path}.", path=path)
            raise UsageError(message, f"chmod 600 {path}")
        return CustomersKey.parse(text)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            say("The customers' key in {path} cannot be read.", path=path), "Check the file and its permissions."
        ) from None
