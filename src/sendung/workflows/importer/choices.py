"""What the host decides about an import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportOptions:
    """What the host decides, and the feed cannot."""

    public_url: str | None = None
    """Where the new store's root is on the web; None: an example is written."""
    timezone: str | None = None
    """IANA name; None: guessed from the language."""
    audio: bool = True
    """Download the audio."""
    master: bool = False
    """Master the audio although it was published before."""
    own: bool = False
    """The host says that the show is theirs, although the feed is locked."""
    owner: str = ""
    """The owner's e-mail address, which unlocks a feed that names it."""
    feed_url: str = ""
    """The address of a feed that is given as a file."""
    skip: frozenset[str] = frozenset()
    """GUIDs of episodes that are to be left out: their audio is gone for ever."""
    user: str = ""
    """Name and password ("name:password") that the old feed's server asks for."""
    allow_private: bool = False
    """Fetch from addresses that are not public."""
