"""Sendung publishes podcast episodes: mastered, tagged, stored, listed in a feed, linked with their articles.

What other programs may use is in `__all__` and described in docs/library.md; all else may change with any version.
Each name is imported when it is asked for first, so `import sendung` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sendung.core.version import __version__

if TYPE_CHECKING:
    from sendung.config.episode import find_drafts
    from sendung.config.show import ShowConfig, load_show
    from sendung.core.errors import (
        AccessDenied,
        AudioError,
        ConfigError,
        ConflictError,
        Damaged,
        FetchBroken,
        FetchError,
        InvariantBroken,
        NoRoom,
        NoSpace,
        ObjectChanged,
        ObjectExists,
        ObjectMissing,
        Outdated,
        Place,
        Problem,
        RulesError,
        SendungError,
        Severity,
        StoreError,
        StoreMissing,
        Unreachable,
        UsageError,
    )
    from sendung.core.progress import Meter, Progress, Silent
    from sendung.core.watched import Cancelled
    from sendung.records.status import Status
    from sendung.store import Store
    from sendung.workflows.check.lint import Report, check_drafts
    from sendung.workflows.episode_values import EpisodeValues
    from sendung.workflows.library import (
        Desk,
        desk_of,
        open_store,
        publish,
        publish_due,
        read_status,
        roll_back,
        withdraw,
    )
    from sendung.workflows.links import Links, links_of
    from sendung.workflows.publish.result import EpisodeResult, Outcome

__all__ = [
    "AccessDenied",
    "AudioError",
    "Cancelled",
    "ConfigError",
    "ConflictError",
    "Damaged",
    "Desk",
    "EpisodeResult",
    "EpisodeValues",
    "FetchBroken",
    "FetchError",
    "InvariantBroken",
    "Links",
    "Meter",
    "NoRoom",
    "NoSpace",
    "ObjectChanged",
    "ObjectExists",
    "ObjectMissing",
    "Outcome",
    "Outdated",
    "Place",
    "Problem",
    "Progress",
    "Report",
    "RulesError",
    "SendungError",
    "Severity",
    "ShowConfig",
    "Silent",
    "Status",
    "Store",
    "StoreError",
    "StoreMissing",
    "Unreachable",
    "UsageError",
    "__version__",
    "check_drafts",
    "desk_of",
    "find_drafts",
    "links_of",
    "load_show",
    "open_store",
    "publish",
    "publish_due",
    "read_status",
    "roll_back",
    "withdraw",
]

_HOMES = {
    "config.episode": ("find_drafts",),
    "config.show": ("ShowConfig", "load_show"),
    "core.errors": (
        "AccessDenied",
        "AudioError",
        "ConfigError",
        "ConflictError",
        "Damaged",
        "FetchBroken",
        "FetchError",
        "InvariantBroken",
        "NoRoom",
        "NoSpace",
        "ObjectChanged",
        "ObjectExists",
        "ObjectMissing",
        "Outdated",
        "Place",
        "Problem",
        "RulesError",
        "SendungError",
        "Severity",
        "StoreError",
        "StoreMissing",
        "Unreachable",
        "UsageError",
    ),
    "core.progress": ("Meter", "Progress", "Silent"),
    "core.watched": ("Cancelled",),
    "records.status": ("Status",),
    "store": ("Store",),
    "workflows.check.lint": ("Report", "check_drafts"),
    "workflows.episode_values": ("EpisodeValues",),
    "workflows.library": (
        "Desk",
        "desk_of",
        "open_store",
        "publish",
        "publish_due",
        "read_status",
        "roll_back",
        "withdraw",
    ),
    "workflows.links": ("Links", "links_of"),
    "workflows.publish.result": ("EpisodeResult", "Outcome"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # type checkers know the names above, and that there are no others

    def __getattr__(name: str) -> object:
        """One of the names above, imported now."""
        if name not in _HOME_OF:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """The names above."""
    return __all__
