"""Who works, by which clock, and where this machine keeps its caches: what flows need from the world outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sendung import net


@dataclass(frozen=True)
class Desk:
    """Who publishes, by which clock, and where this machine keeps its caches."""

    by: str
    clock: Callable[[], datetime]
    """Aware times. Asked again at each step, for mastering takes minutes."""
    cache: Path
    templates: Path | None = None
    """A folder with page templates of the show's own."""
    announces: bool = False
    """Whether hubs that show.yaml names hear of a new feed."""
    door: net.Door | None = None
    """How to reach the web, where a host wants that; None: publishing reaches the store and nothing else."""

    def moment(self) -> datetime:
        """The present second, in UTC, as records keep it."""
        return self.clock().astimezone(UTC).replace(microsecond=0)
