"""What a draft is, in a few rows: what `publish` shows before it sends anything."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sendung.core.media_types import CODECS
from sendung.core.mix_facts import described, loudness_before
from sendung.core.model import Audio, Show, listen_key
from sendung.core.words import join, say, then
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
    date = say("{moment:%Y-%m-%d %H:%M}", moment=episode.date.astimezone(ZoneInfo(show.timezone)))
    moment = join("", (date, f" ({show.timezone})"))
    now_or_then = "{moment}: scheduled" if episode.date > now else "{moment}: visible at once"
    levels = say(
        "{lufs} LUFS, true peak {dbtp} dBTP", lufs=_figure(episode.audio.lufs), dbtp=_figure(episode.audio.dbtp)
    )
    titles = [chapter.title for chapter in episode.chapters]
    rows = {
        say("Edit"): _edit(candidate),
        say("Date"): say(now_or_then, moment=moment),
        say("Audio"): _audio(episode.audio),
        say("Loudness"): say(
            "{before} → {after}", before=loudness_before(mastered.before.lufs, mastered.mix), after=levels
        )
        if mastered
        else levels,
        say("Tracks"): join("\n", described(episode.audio.mix)) if episode.audio.mix else "",
        then(say("Recording:"), _without_colon): join("\n", [finding.message for finding in mastered.findings])
        if mastered
        else "",
        say("Chapters"): say("{count}, from “{first}” to “{last}”", count=len(titles), first=titles[0], last=titles[-1])
        if titles
        else "",
        say("Summary"): episode.summary,
        say("Article"): "\n".join(article.url for article in episode.articles),
        say("Address"): show.url_of(listen_key(episode.slug)),
        say("Customers"): say("get {audio_words}", audio_words=_audio(candidate.whole.audio))
        if candidate.whole
        else "",
    }
    return tuple((name, value) for name, value in rows.items() if value)


def _without_colon(name: str) -> str:
    """A step of a publish is called "Recording" too, which is another word in other languages."""
    return name.rstrip(":")


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
    return then(say("{value:.1f}", value=value), _true_minus)


def _true_minus(number: str) -> str:
    return number.replace("-", "−")
