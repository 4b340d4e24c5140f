"""The show as one customer has it: the same facts, at other addresses."""

from __future__ import annotations

import uuid

from pydantic import Field

from sendung.core.model import Show


class CustomerShow(Show):
    """A show whose files for customers, pages about them and feed are in folders that nobody can guess."""

    own: str = Field(exclude=True)
    """The folder of this customer's feed and page, with the closing slash."""
    shared: str = Field(exclude=True)
    """The folder of the files and pages that all customers share, with the closing slash."""
    private: str = Field(exclude=True)
    """What the keys of files for customers begin with in the records."""
    pages: frozenset[str] = Field(frozenset(), exclude=True)
    """The keys of pages that are another for customers."""

    @classmethod
    def of(cls, show: Show, own: str, shared: str, private: str, pages: frozenset[str]) -> CustomerShow:
        """A show for one customer: under a title of its own, and in no directory.

        Its podcast:guid is not the public feed's: apps and indexes would take the one for the other.
        """
        options = {"hubs": (), "block": True, "locked": True, "new_feed_url": None, "podroll": (), "blocked_at": ()}
        changed = {
            "title": show.customers.title if show.customers else show.title,
            "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{show.guid} customers")),
            "feed": show.feed.model_copy(update=options),
            "listen_on": {},
        }
        folders = {"own": own, "shared": shared, "private": private, "pages": pages}
        return cls.model_construct(**{**dict(show), **changed, **folders})

    def place(self, key: str) -> str:
        """Where a customer finds what has a key."""
        if key.startswith(self.private):
            return self.shared + key.removeprefix(self.private)
        if key in self.pages:
            return self.shared + key
        return self.own + key if key == "feed.xml" or key.startswith("feed/") else key

    def url_of(self, key: str) -> str:
        """The address at which this customer finds an object."""
        return super().url_of(self.place(key))
