"""What counts as a download, by the rules of the IAB Tech Lab's Podcast Measurement Technical Guidelines 2.3.

"By the rules of", not certified by anybody. Where the guidelines leave a choice, docs/howto/statistics.md says which
was taken; section numbers below are theirs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from sendung.core.words import say

GUIDELINES = "IAB Tech Lab Podcast Measurement Technical Guidelines 2.3"
THRESHOLD_S = 60
"""Seconds of content that a listener must have fetched (5.5.3)."""
CROWD = 500
"""Downloads from one address in one day above which none of them is believed (5.5.2, step 1.2, 1)."""
FEWEST = 5
"""Sums finer than a day's total are kept and shown from this many downloads on; the rest is summed up."""


class Reason(StrEnum):
    """What became of a line of a log. Every line has exactly one."""

    COUNTED = "counted"
    AGAIN = "again"
    SHORT = "short"
    PROBE = "probe"
    HEAD = "head"
    METHOD = "method"
    UNCHANGED = "unchanged"
    STATUS = "status"
    PREFETCH = "prefetch"
    BOT = "bot"
    HOSTING = "hosting"
    WATCH = "watch"
    CROWD = "crowd"
    TWICE = "twice"
    PAGE = "page"
    OTHER = "other"
    OUTSIDE = "outside"
    UNREADABLE = "unreadable"


WORDS = {
    Reason.COUNTED: "begins a download that counts",
    Reason.AGAIN: "belongs to a download that counts: same listener, episode and day (5.5.4)",
    Reason.SHORT: "its listener fetched less than a minute of the episode that day (5.5.3)",
    Reason.PROBE: "asks for two bytes to see whether ranges work (5.5.2, step 1.2, 6)",
    Reason.HEAD: "HEAD fetches nothing (5.5.2, step 1.3, 1)",
    Reason.METHOD: "is no GET request",
    Reason.UNCHANGED: "304: the listener has the file already (5.5.2, step 1.3, 2c)",
    Reason.STATUS: "was answered with another status than 200 or 206",
    Reason.PREFETCH: "the browser fetched ahead, nobody pressed play (5.5.2, step 1.1)",
    Reason.BOT: "comes from a known bot (5.5.2, step 1.2, 5)",
    Reason.HOSTING: "comes from a hosting network (5.5.2, step 1.2, 2)",
    Reason.WATCH: "an Apple Watch fetches what its phone fetched already (5.5.2, step 1.2, 7)",
    Reason.CROWD: say("one address with more than {crowd} downloads that day (5.5.2, step 1.2, 1)", crowd=CROWD),
    Reason.TWICE: "the log has this very line, by its request's id, twice",
    Reason.PAGE: "asks for a listen page, not for audio",
    Reason.OTHER: "asks for something that is no episode's audio",
    Reason.OUTSIDE: "lies outside of --since and --until",
    Reason.UNREADABLE: "cannot be read as a line of this format",
}
"""What a host is told of each."""


@dataclass(frozen=True)
class AudioFile:
    """One file that records name, and how much of it makes a download."""

    key: str
    """Its object's key in the store."""
    episode: int
    """The episode's place in the list that is counted."""
    size: int
    """Bytes."""
    head: int
    """Bytes of tags and headers before the sound."""
    minute: int
    """Bytes of sound, behind the head, that make a download: a minute; all of it where the file is shorter."""


def audio_file(key: str, episode: int, size: int, duration_s: float, bitrate: int) -> AudioFile:
    """The file's threshold (5.5.3) from its size (bytes), duration and own bit rate (bits a second).

    What the sound does not take is head: records keep no tag's size, and cover and chapters stand before the sound.
    """
    sound = min(size, round(duration_s * bitrate / 8))
    minute = sound if duration_s <= THRESHOLD_S else min(sound, math.ceil(THRESHOLD_S * bitrate / 8))
    return AudioFile(key, episode, size, size - sound, minute)
