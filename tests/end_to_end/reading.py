"""Reading what was published with other programs than those that wrote it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from feedparser.api import parse as parse_universally
from lxml import etree


@dataclass(frozen=True)
class Loudness:
    """What ffmpeg's ebur128 filter measures on a decoded file."""

    lufs: float
    dbtp: float


def measure(path: Path) -> Loudness:
    arguments = ["-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    done = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *arguments], capture_output=True, text=True, check=True)
    summary = done.stderr.rsplit("Summary:", 1)[1]
    values = [float(found) for found in re.findall(r"(?:I|Peak):\s+(-?[\d.]+) (?:LUFS|dBFS)", summary)]
    return Loudness(*values)


def parse(feed: bytes) -> Any:
    """The feed as feedparser sees it; malformed XML is an error here."""
    etree.fromstring(feed)
    parsed = parse_universally(feed)
    assert not parsed.bozo, parsed.bozo_exception
    return parsed


def titles(feed: bytes) -> list[str]:
    return [entry.title for entry in parse(feed).entries]


def guids(feed: bytes) -> list[str]:
    return [entry.id for entry in parse(feed).entries]


def record(data: bytes) -> Any:
    return json.loads(data)


def without_build_date(feed: bytes) -> bytes:
    """The feed but for the moment of the last change."""
    found = re.subn(rb"<lastBuildDate>[^<]+</lastBuildDate>", b"", feed)
    assert found[1] == 1
    return found[0]
