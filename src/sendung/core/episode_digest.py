"""What stands for all facts of an episode, where it only matters whether any of them has changed."""

from __future__ import annotations

import hashlib

from sendung.core.model import Episode

_DERIVED = {"transcript": {"cues"}}
"""Left out: the transcript's files are named by their content, and have the same cues in them."""


def facts_digest(episode: Episode) -> str:
    """A hexadecimal digest: equal digests, equal facts."""
    derived = _DERIVED if episode.transcript and episode.transcript.assets else None
    return hashlib.sha256(episode.model_dump_json(exclude=derived).encode()).hexdigest()


class Digests:
    """The digests of episodes, each made once for each object. May be asked by several threads."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Episode, str]] = {}
        """By identity; the episode is kept, so that no other gets its identity."""

    def of(self, episode: Episode) -> str:
        """`facts_digest` of an episode."""
        entry = self._made.get(id(episode))
        if entry is None:
            entry = self._made[id(episode)] = (episode, facts_digest(episode))
        return entry[1]
