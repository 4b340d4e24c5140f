"""What a recording's hosts should know of its tracks, channels and gaps, in words."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.audio.values import AudioFinding, Source

_TOLD_GAPS = 3
BY_THEMSELVES = 'Named one by one under "tracks:" in episode.yaml, they are levelled each by itself.'


def findings_of(source: Source) -> tuple[AudioFinding, ...]:
    """What is to be said of a recording before it is decoded."""
    return (*_tracks(source), *_places(source), *_gaps(source))


def _tracks(source: Source) -> Iterator[AudioFinding]:
    if len(source.tracks) > 1:
        titles = [track.title or f"track {number}" for number, track in enumerate(source.tracks, 1)]
        message = f"{source.path.name} has {len(source.tracks)} sound tracks, which are mixed: {', '.join(titles)}."
        yield AudioFinding(kind="tracks", message=message, hint=BY_THEMSELVES)


def _places(source: Source) -> Iterator[AudioFinding]:
    for track in source.tracks:
        if not track.layout:
            message = f"{source.path.name} has {track.channels} channels and says of none where it is heard: "
            taken = "they are taken for microphones, and mixed to mono."
            yield AudioFinding(kind="microphones", message=f"{message}{taken}", hint=BY_THEMSELVES)


def _gaps(source: Source) -> Iterator[AudioFinding]:
    gaps = sorted((gap for track in source.tracks for gap in track.gaps), key=lambda gap: gap.at_s)
    if not gaps:
        return
    told = ", ".join(f"{gap.length_s:.1f} s at {clock(gap.at_s)}" for gap in gaps[:_TOLD_GAPS])
    more = f" and {len(gaps) - _TOLD_GAPS} more" if len(gaps) > _TOLD_GAPS else ""
    message = f"{source.path.name} has no sound for {told}{more}: silence is there, so that all else stays in step."
    yield AudioFinding(kind="gaps", message=message)


def clock(seconds: float) -> str:
    """A moment as players show it: 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
