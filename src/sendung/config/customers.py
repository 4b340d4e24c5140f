"""What episode.yaml says of customers: who gets it, and from where on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import Field, create_model

from sendung.config.document import Files
from sendung.config.show import ShowConfig
from sendung.config.values import Config
from sendung.core.words import say

CUSTOMERS = "customers"
"""The value of "for" in an episode that nobody else gets."""

if TYPE_CHECKING:

    class ForWhom(Config):
        """A file with the key "for", which is a word of Python's."""
else:
    ForWhom = create_model(
        "ForWhom",
        __base__=Config,
        **{
            "for": (
                Literal["customers"] | None,
                Field(None, description="customers: nobody else gets this episode. Without it all do."),
            )
        },
    )


class _Keys(Protocol):
    """The keys of episode.yaml that are about customers."""

    @property
    def teaser(self) -> bool:
        """Whether pages tell of what is for customers alone."""

    @property
    def customers_from(self) -> int | None:
        """Milliseconds."""

    @property
    def customers_notes(self) -> str | None:
        """As written."""

    @property
    def master(self) -> bool:
        """Whether the recording is mastered."""


def is_for_customers(file: object) -> bool:
    """Whether an episode.yaml says that nobody else gets the episode."""
    return getattr(file, "for", None) == CUSTOMERS


def check_customers(file: _Keys, show: ShowConfig, files: Files) -> None:
    """Note what does not fit together in the keys that are about customers."""
    alone = is_for_customers(file)
    used = [
        key
        for key, wanted in (
            ("for", alone),
            ("customers_from", file.customers_from is not None),
            ("customers_notes", file.customers_notes is not None),
        )
        if wanted
    ]
    if used and show.file.customers is None:
        hint = 'Write "customers:" with title: and join: into show.yaml, or remove this line.'
        files.note(say('"{used}" is for customers, and the show has none.', used=used[0]), hint, used[0])
    if file.teaser and not alone:
        files.note('"teaser" is of use only where all is for customers.', 'Add "for: customers".', "teaser")
    if file.customers_from is None:
        return
    if alone:
        files.note('"customers_from" is of no use where all is for customers.', "Remove this line.", "customers_from")
    elif not file.master:
        hint = 'Remove "master: false", or publish a finished file of its own for the public.'
        files.note("A finished file is not cut.", hint, "customers_from")
    elif show.file.audio.format != "mp3":
        files.note("Only MP3 can be cut.", 'Write "format: mp3" under audio: in show.yaml.', "customers_from")
