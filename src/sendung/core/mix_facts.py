"""What was found and done when an episode was mixed from several tracks: reports show it, and records keep it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import not_

from pydantic import BaseModel, ConfigDict, Field

from sendung.core.words import join, say, then


class TrackFacts(BaseModel):
    """One track. Loudness in LUFS as of one channel, levels in dB."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    """Its file, and which part of it."""
    person: str = ""
    role: str = "voice"
    offset_s: float = 0.0
    """When it begins on the time line, which is that of the first voice."""
    aligned: str = "first"
    """first: it is the time line; found: by what it has in common with others; given: by the host."""
    one_way: bool = False
    """Whether only one of two voices was heard in the other's microphone, so that the way of the sound is unknown."""
    drift_ppm: float = 0.0
    """How much faster its clock runs than the first's."""
    jumps: tuple[tuple[float, float], ...] = ()
    """When (seconds) it held something twice that was cut, and how many seconds; negative: it lost so much."""
    rest_ms: tuple[float | None, ...] = ()
    """The sync certificate: what the delays that were measured in each minute differ from the clock (median)."""
    lufs_before: float | None = None
    lufs_after: float | None = None
    noise_db: float | None = None
    """LUFS of its pauses."""
    hum_hz: float | None = None
    """The mains hum that was notched."""
    spoken_s: float | None = None
    turns: tuple[tuple[float, float], ...] = Field((), exclude_if=not_)
    """When this person speaks (seconds, from and to). Records leave it out: their transcripts say as much."""
    gated_s: float | None = None
    """How long it was ducked."""
    clipped: bool = Field(False, exclude_if=not_)
    """Whether it is clipped where it is loudest."""


class MixFacts(BaseModel):
    """A mix."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tracks: tuple[TrackFacts, ...]
    double_talk: float | None = None
    """The share of all speech in which more than one person speaks."""

    def without_turns(self) -> MixFacts:
        """What a record keeps."""
        return self.model_copy(
            update={"tracks": tuple(track.model_copy(update={"turns": ()}) for track in self.tracks)}
        )


class VoiceShare(BaseModel):
    """When one of several persons speaks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    person: str
    tenths: str
    """A digit for each slice of the waveform: in how many tenths of it, 9 at most."""


def voices_of(mix: MixFacts | None, slices: int, duration_s: float, later_s: float) -> tuple[VoiceShare, ...]:
    """Who speaks when in a file, in slices; nothing where tracks do not tell several persons.

    In the file all is heard `later_s` after its moment in the mix.
    """
    spoken: dict[str, list[float]] = {}
    for track in mix.tracks if mix and slices else ():
        shares = spoken.setdefault(track.person, [0.0] * slices) if track.turns else []
        for turn in track.turns:
            start, end = (min(float(slices), max(0.0, (at + later_s) * slices / duration_s)) for at in turn)
            for number in range(int(start), min(slices, int(end) + 1)):
                shares[number] += min(end, number + 1) - max(start, number)
    if len(spoken) < 2:
        return ()
    tenths = {person: "".join(str(min(9, round(10 * share))) for share in shares) for person, shares in spoken.items()}
    return tuple(VoiceShare(person=person, tenths=digits) for person, digits in tenths.items())


def described(mix: MixFacts) -> list[str]:
    """A mix in words: a line for each track, and one of them all where people spoke at once."""
    lines = [
        say("{who}: {facts}", who=track.person or track.name, facts=join(", ", _described(track)))
        for track in mix.tracks
    ]
    if mix.double_talk is not None and len(lines) > 1:
        lines.append(say("{double_talk:.0%} of the speech is by several at once", double_talk=mix.double_talk))
    return lines


def loudness_before(lufs: float, mix: MixFacts | None) -> str:
    """What was mastered had this loudness: of several tracks it is that of their mix, which no host has heard."""
    if mix is None:
        return say("{lufs} LUFS", lufs=_minus(lufs))
    if len(mix.tracks) > 1:
        return say("{lufs} LUFS in the mix", lufs=_minus(lufs))
    return say("{lufs} LUFS once evened", lufs=_minus(lufs))


def _described(track: TrackFacts) -> Iterator[str]:
    if track.role in _WITHOUT_VOICE:
        yield (
            "not heard, used to align"
            if track.role == "reference"
            else say("music from {offset_s:.1f} s on", offset_s=track.offset_s)
        )
    if track.lufs_before is not None and track.lufs_after is not None:
        yield say("{before} → {after} LUFS", before=_minus(track.lufs_before), after=_minus(track.lufs_after))
    yield from _timed(track)
    if track.hum_hz:
        yield say("hum of {hum_hz:.0f} Hz notched", hum_hz=track.hum_hz)
    if track.noise_db is not None and track.noise_db > _NOTHING:
        yield say("noise {minus} LUFS", minus=_minus(track.noise_db))
    if track.gated_s:
        yield say("ducked for {gated_s:.0f} s", gated_s=track.gated_s)


def _timed(track: TrackFacts) -> Iterator[str]:
    """How its clock lies to the first's."""
    if track.aligned == "found":
        way = say("later") if track.offset_s >= 0 else say("earlier")
        yield say(
            "starts {offset_s:.3f} s {way}, drift {minus} ppm",
            offset_s=abs(track.offset_s),
            way=way,
            minus=_minus(track.drift_ppm),
        )
        yield say(
            "rest {rest_ms:.2f} ms at most",
            rest_ms=max((rest for rest in track.rest_ms if rest is not None), default=0.0),
        )
    elif track.aligned == "given" and track.role == "voice":
        yield say("offset {minus} s as written", minus=_minus(track.offset_s))
    if track.one_way:
        yield "heard in one direction only, so the way that sound took is unknown"
    for at, jump in track.jumps:
        what = "held twice, cut" if jump > 0 else say("lost")
        yield say(
            "{jump:.0f} ms {what} at {at}:{at2:04.1f}", jump=abs(jump) * 1000, what=what, at=int(at) // 60, at2=at % 60
        )


_WITHOUT_VOICE = {"reference", "music"}
_NOTHING = -100.0
"""LUFS: digital silence, or what a gate before us made of pauses."""


def _minus(value: float) -> str:
    return then(say("{value:.1f}", value=value), _true_minus)


def _true_minus(number: str) -> str:
    return number.replace("-", "−")
