"""What a draft is, in a few rows: what `publish` shows before it sends anything."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sendung.core.media_types import CODECS
from sendung.core.mix_facts import described
from sendung.core.model import Audio, Show, listen_key
from sendung.core.words import join, say
from sendung.media.chapters import format_time
from sendung.records import changes
from sendung.workflows.drafts.candidate import Candidate
from sendung.workflows.drafts.state import changed_name

Rows = tuple[tuple[str, str], ...]
"""Names and values, in order; a value may have several lines."""


def rows_of(candidate: Candidate, show: Show, now: datetime) -> Rows:
    """The rows of a draft that was built, without those that would be empty."""
    episode, mastered = candidate.model, candidate.mastered
    if episode is None:
        raise AssertionError("what is shown was built")
    moment = f"{episode.date.astimezone(ZoneInfo(show.timezone)):%Y-%m-%d %H:%M} ({show.timezone})"
    now_or_then = "{moment}: scheduled" if episode.date > now else "{moment}: visible at once"
    levels = say(
        "{lufs} LUFS, true peak {dbtp} dBTP", lufs=_figure(episode.audio.lufs), dbtp=_figure(episode.audio.dbtp)
    )
    titles = [chapter.title for chapter in episode.chapters]
    rows = {
        "Edit": _edit(candidate),
        "Date": say(now_or_then, moment=moment),
        "Audio": _audio(episode.audio),
        "Loudness": say("{before} LUFS → {after}", before=_figure(mastered.before.lufs), after=levels)
        if mastered
        else levels,
        "Tracks": join("\n", described(episode.audio.mix)) if episode.audio.mix else "",
        "Recording": join("\n", [finding.message for finding in mastered.findings]) if mastered else "",
        "Chapters": say("{count}, from “{first}” to “{last}”", count=len(titles), first=titles[0], last=titles[-1])
        if titles
        else "",
        "Summary": episode.summary,
        "Article": "\n".join(article.url for article in episode.articles),
        "Address": show.url_of(listen_key(episode.slug)),
        "Customers": say("get {audio_words}", audio_words=_audio(candidate.whole.audio)) if candidate.whole else "",
    }
    return tuple((name, value) for name, value in rows.items() if value)


def _edit(candidate: Candidate) -> str:
    """What an edit changes; empty for what is new or as published."""
    state = candidate.state
    if state is None or state.published is None:
        return ""
    return ", ".join(changed_name(change.key) for change in changes(state.published.source, state.source))


def _audio(audio: Audio) -> str:
    """Length, and size and kind of each file, measured on the very files."""
    files = [
        say(
            "{size:.1f} MB {kind}, {rate} kbit/s",
            size=file.asset.size / 1e6,
            kind=CODECS.get(file.asset.media_type, file.asset.media_type),
            rate=file.bitrate // 1000,
        )
        for file in audio.renditions
    ]
    return join(", ", (format_time(round(audio.duration_s * 1000)), join("; ", files)))


def _figure(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
