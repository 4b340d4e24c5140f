"""What workflows need from outside: who works, on which store, by which clock, and where caches are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sendung.core.progress import Progress, Silent
from sendung.net import NetPolicy
from sendung.records.agreements import Agreements
from sendung.records.customers_key import CustomersKey
from sendung.records.reader import Reader
from sendung.store import DryRunStore
from sendung.store.interface import Store


@dataclass(frozen=True)
class RunContext:
    """What one run of a command has of the world outside."""

    store: Store
    by: str
    """Who works here, as records keep it."""
    clock: Callable[[], datetime]
    """Aware times. Asked again at each step, for mastering takes minutes."""
    cache: Path
    """A folder for what can be made again."""
    progress: Progress = field(default_factory=Silent)
    overrides: frozenset[str] = frozenset()
    """Slugs and GUIDs (and "show" for show.yaml) that a host lets pass: see --override."""
    new: frozenset[str] = frozenset()
    """Slugs of drafts that are new episodes, although they look like published ones: see --new."""
    templates: Path | None = None
    """This machine's folder of page templates of the show's own, for a publish to take up.

    Pages are rendered with the published ones; with these where the show's record is from before records kept them."""
    announces: bool = False
    """Whether hubs that show.yaml names hear of a new feed."""
    policy: NetPolicy | None = None
    """How to reach the web, where a host wants that; None: publishing reaches the store and nothing else."""
    customers_key: CustomersKey | None = field(default=None, repr=False)
    """What makes the addresses of the show's customers; None: this machine does not have it."""

    @cached_property
    def reader(self) -> Reader:
        """Reads the store's records, and adds to them."""
        return Reader(self.store, self.cache)

    @cached_property
    def agreed(self) -> Agreements:
        """With which revisions the drafts of this machine agreed."""
        name = hashlib.sha256(self.store.name.encode()).hexdigest()[:16]
        return Agreements(self.cache / "agreed" / name, notes=not isinstance(self.store, DryRunStore))

    def moment(self) -> datetime:
        """The present second, in UTC, as records keep it."""
        return self.clock().astimezone(UTC).replace(microsecond=0)
