"""How an episode or a show stands: the one enum for it, from a draft to what the public sees."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How a draft stands to what is published, or what became of it."""

    NEW = "new"
    """Nothing is published under its GUID."""
    UNCHANGED = "unchanged"
    """It says what the newest revision says."""
    EDITED = "edited"
    """It says what no revision says."""
    STALE = "stale"
    """It says what an older revision says, or takes back what a newer one says; it was left alone."""
    PUBLISHED = "published"
    """It is public."""
    SCHEDULED = "scheduled"
    """It is recorded, and its date is still to come."""
    DUE = "due"
    """Its date has come, and nothing has made it visible yet."""
    WITHDRAWN = "withdrawn"
    """It was taken out of the feed; only a rollback or --override brings it back."""
    RENAMED = "renamed"
    """It is published under another name whose folder is gone, and the draft does not say its GUID."""
    TAKEN = "name taken"
    """Another episode is published under its folder's name."""
    FAILED = "failed"
    """It was to be published, and was not."""
    BROKEN = "broken"
    """The draft cannot be read; `sendung check` says why."""
    NO_DRAFT = "no draft here"
    """It is published, and this checkout has no folder of it."""
