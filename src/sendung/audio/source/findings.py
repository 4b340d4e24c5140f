"""What a recording's hosts should know of its tracks, channels and gaps, in words."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.audio.values import AudioFinding, Source
from sendung.core.mix_facts import MixFacts
from sendung.core.words import join, say

_TOLD_GAPS = 3
BY_THEMSELVES = 'Named one by one under "tracks:" in episode.yaml, they are levelled each by itself.'

CLIPPED = "What is cut off cannot be mended: turn the microphone down next time, or export without clipping."


def clipped_tracks(mix: MixFacts) -> tuple[AudioFinding, ...]:
    """What is to be said of tracks that are clipped."""
    names = [track.name for track in mix.tracks if track.clipped]
    said = [say("{name} is clipped where it is loudest.", name=name) for name in names]
    return tuple(AudioFinding(kind="clipped", message=message, hint=CLIPPED) for message in said)


def findings_of(source: Source) -> tuple[AudioFinding, ...]:
    """What is to be said of a recording before it is decoded."""
    return (*_tracks(source), *_places(source), *_gaps(source))


def _tracks(source: Source) -> Iterator[AudioFinding]:
    if len(source.tracks) > 1:
        titles = [track.title or say("track {number}", number=number) for number, track in enumerate(source.tracks, 1)]
        message = say(
            "{name} has {count} sound tracks, which are mixed: {titles}.",
            name=source.path.name,
            count=len(source.tracks),
            titles=join(", ", titles),
        )
        yield AudioFinding(kind="tracks", message=message, hint=BY_THEMSELVES)


def _places(source: Source) -> Iterator[AudioFinding]:
    for track in source.tracks:
        if not track.layout:
            message = say(
                "{name} has {channels} channels and says of none where it is heard: ",
                name=source.path.name,
                channels=track.channels,
            )
            taken = "they are taken for microphones, and mixed to mono."
            yield AudioFinding(
                kind="microphones", message=say("{message}{taken}", message=message, taken=taken), hint=BY_THEMSELVES
            )


def _gaps(source: Source) -> Iterator[AudioFinding]:
    gaps = sorted((gap for track in source.tracks for gap in track.gaps), key=lambda gap: gap.at_s)
    if not gaps:
        return
    listed = ", ".join(
        say("{length_s:.1f} s at {at_s}", length_s=gap.length_s, at_s=clock(gap.at_s)) for gap in gaps[:_TOLD_GAPS]
    )
    more = say(" and {count} more", count=len(gaps) - _TOLD_GAPS) if len(gaps) > _TOLD_GAPS else ""
    message = say(
        "{name} has no sound for {listed}{more}: silence is there, so that all else stays in step.",
        name=source.path.name,
        listed=listed,
        more=more,
    )
    yield AudioFinding(kind="gaps", message=message)


def clock(seconds: float) -> str:
    """A moment as players show it: 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
