"""Large answers, straight to disk; a broken download goes on where it ended, in this run or a later one."""

from __future__ import annotations

import errno
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sendung.core.addresses import shown
from sendung.core.errors import FetchBroken, FetchError, NoSpace
from sendung.core.words import say
from sendung.net.errors import too_large
from sendung.net.fetch import refused
from sendung.net.limits import Limits
from sendung.net.request import PUBLIC, NetPolicy, Response, ask

FILE = Limits(size=4_000_000_000, seconds=4 * 3600, silence_s=30)
"""Enough for any recording; the seconds are for each attempt."""
_ATTEMPTS = 5
_PAUSE_S = 0.5
"""Before the second attempt; twice as long before each further one."""


@dataclass(frozen=True)
class Downloaded:
    """What a download brought."""

    url: str
    """Where it came from, after redirects."""
    headers: Mapping[str, str]
    """Of the last answer; names in lower case."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class _Part:
    """An unfinished download: its bytes beside the target, and in a note what they are the beginning of."""

    file: Path
    note: Path

    @classmethod
    def of(cls, into: Path) -> _Part:
        return cls(into.with_name(f"{into.name}.part"), into.with_name(f"{into.name}.part.json"))

    def beginning(self, url: str) -> tuple[int, str]:
        """How many bytes of `url` are there, and the validator by which its server knows them; 0 if they are no use."""
        try:
            noted = json.loads(self.note.read_bytes())
            size = self.file.stat().st_size
        except (OSError, ValueError):
            return 0, ""
        validator = noted.get("validator") if isinstance(noted, dict) and noted.get("url") == url else None
        return (size, validator) if isinstance(validator, str) and validator else (0, "")

    def remember(self, url: str, headers: Mapping[str, str]) -> None:
        """Note what the bytes belong to. Only a strong validator can say so (RFC 9110, section 13.1.5)."""
        etag = headers.get("etag", "")
        strong = etag if etag.startswith('"') else headers.get("last-modified", "")
        self.note.write_text(json.dumps({"url": url, "validator": strong}), "utf-8")

    def finish(self, into: Path) -> None:
        self.file.replace(into)
        self.note.unlink(missing_ok=True)

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    url: str,
    into: Path,
    *,
    limits: Limits = FILE,
    policy: NetPolicy = PUBLIC,
    received: Callable[[int], None] = lambda _size: None,
) -> Downloaded:
    """Bring what a web address answers into a file, which appears whole or not at all.

    A connection that breaks is taken up again where it ended, if the server can; what is left of a run that was
    stopped lies beside the file as `<name>.part` and is used by the next one. `received` hears the bytes of each
    piece, those of an earlier run at once; a negative number where a server starts again from the beginning.
    Raises FetchError for what is not there, too large or broken five times, NoSpace if the disk is full.
    """
    part = _Part.of(into)
    heard = 0

    def hear(total: int) -> None:
        nonlocal heard
        received(total - heard)
        heard = total

    for attempt in range(_ATTEMPTS):
        try:
            done = _attempt(url, part, limits, policy, hear)
            part.finish(into)
        except FetchBroken:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_S * 2**attempt)
        except OSError as error:
            raise _unwritten(into, error) from None
        else:
            return done
    raise AssertionError("the last attempt returns or raises")


def _attempt(url: str, part: _Part, limits: Limits, policy: NetPolicy, hear: Callable[[int], None]) -> Downloaded:
    """All that is missing. Raises FetchBroken where another attempt may help."""
    have, validator = part.beginning(url)
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    with ask("GET", url, headers, limits, policy) as answer:
        if answer.status == 416 and have:
            part.forget()
            raise FetchBroken(say("{url} is no longer what it was.", url=shown(url)), "Try again.")
        have = _start(answer, have)
        if have == 0:
            part.remember(url, answer.headers)
        if have + _length(answer) > limits.size:
            raise too_large(answer.url, limits.size)
        size = _write(answer, part.file, have, limits, hear)
        return Downloaded(answer.url, answer.headers, size)


def _start(answer: Response, have: int) -> int:
    """Where the body begins: after what is there, or at 0. Raises FetchError."""
    if answer.status == 200:
        return 0
    match = re.match(r"bytes (\d+)-", answer.headers.get("content-range", ""))
    if answer.status != 206 or not have:
        raise refused(answer.url, answer.status)
    if not match or int(match[1]) != have:
        raise FetchError(
            say("{url} sends another part than it was asked for.", url=shown(answer.url)), "Try again later."
        )
    return have


def _length(answer: Response) -> int:
    length = answer.headers.get("content-length", "")
    return int(length) if re.fullmatch(r"\d{1,18}", length, re.ASCII) else 0


def _write(answer: Response, file: Path, have: int, limits: Limits, hear: Callable[[int], None]) -> int:
    size = have
    with file.open("ab" if have else "wb") as stream:
        hear(size)
        for piece in answer.pieces():
            size += len(piece)
            if size > limits.size:
                raise too_large(answer.url, limits.size)
            stream.write(piece)
            hear(size)
    return size


def _unwritten(into: Path, error: OSError) -> NoSpace | FetchError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(
            say("There is no space left for {name}.", name=into.name),
            "Free some space, then run the same command again.",
        )
    return FetchError(
        say("{name} cannot be written: {strerror}.", name=into.name, strerror=error.strerror),
        "Check the folder and its permissions.",
    )
