"""On how many channels a recording goes out, and which: no voice in one ear only, none that another cancels."""

from __future__ import annotations

from dataclasses import dataclass

from sendung.audio.measure.channels import ALL, Sides, sides_of
from sendung.audio.measure.reading import Reading
from sendung.audio.source.findings import clock
from sendung.audio.source.programme import Fold
from sendung.audio.values import AudioFinding
from sendung.core.words import say

EQUAL = 1e-3
"""Difference of two channels that are one, as a share of the peak."""
KEEP_APART = 'Write "channels: stereo" under audio in show.yaml to keep them apart.'
BOTH_EARS = 'Remove "channels: stereo" from show.yaml, and both are heard in both ears.'
TURN = "Invert the phase of that microphone's track in the editor, and export again."


@dataclass(frozen=True)
class Choice:
    """What is made of two channels."""

    channels: int
    fold: Fold
    equal: bool = False
    """They are one, so that nothing needs to be measured again."""
    findings: tuple[AudioFinding, ...] = ()


def choose(reading: Reading, wanted: str) -> Choice:
    """What is made of the two channels that a reading is of; `wanted` is auto, mono or stereo."""
    if reading.difference <= EQUAL * reading.peak:
        if wanted == "stereo":
            return Choice(2, "mix")
        same = _said("identical", "Both sides are the same: it goes out as mono.")
        return Choice(1, "first", equal=True, findings=same)
    sides = sides_of(reading.powers.reshape(-1, 3))
    return _one(sides, wanted) or _two(sides, wanted)


def describe(reading: Reading) -> tuple[AudioFinding, ...]:
    """What is to be said of a finished file's two channels, which stay as they are."""
    sides = sides_of(reading.powers.reshape(-1, 3))
    if sides.one_sided:
        return _said(
            "one-sided",
            say("All sound is on the {side} side: who has one earbud in may hear nothing.", side=_side(sides)),
        )
    if sides.apart:
        return _said("apart", "Left and right hold a voice each: who has one earbud in hears one of them.")
    if sides.inverted or sides.partly_inverted:
        return _said("inverted", _cancels(sides), TURN)
    return ()


def _one(sides: Sides, wanted: str) -> Choice | None:
    """Where one of the two channels has all that there is."""
    ears = 2 if wanted == "stereo" else 1
    out = "on both sides" if wanted == "stereo" else "as mono"
    if sides.one_sided:
        fold: Fold = "first" if sides.left_only >= sides.right_only else "second"
        message = say("All sound is on the {side} side: it goes out {out}.", side=_side(sides), out=out)
        return Choice(ears, fold, findings=_said("one-sided", message))
    if sides.alike < ALL or not (sides.inverted or sides.partly_inverted):
        return None
    times = (
        ""
        if sides.inverted
        else say(" at times, first at {first_opposed_s}", first_opposed_s=clock(sides.first_opposed_s))
    )
    message = say(
        "One side is the other's negative{times}, and together they cancel: the left one goes out, {out}.",
        times=times,
        out=out,
    )
    return Choice(ears, "first", findings=_said("inverted", message))


def _two(sides: Sides, wanted: str) -> Choice:
    """Where both channels are needed."""
    ears = 1 if wanted == "mono" else 2
    if sides.apart and wanted != "stereo":
        hint = KEEP_APART if wanted == "auto" else ""
        message = "Left and right hold a voice each: they are mixed to mono."
        return Choice(1, "mix", findings=_said("apart", message, hint))
    if sides.apart:
        message = "Left and right hold a voice each: who has one earbud in hears one of them."
        return Choice(2, "mix", findings=_said("apart", message, BOTH_EARS))
    if sides.inverted:
        message = "The right side was the negative of the left one, and is turned round."
        return Choice(ears, "turned", findings=_said("inverted", message))
    if sides.partly_inverted:
        return Choice(ears, "mix", findings=_said("inverted", _cancels(sides), TURN))
    return Choice(ears, "mix")


def _cancels(sides: Sides) -> str:
    when = (
        say("at times, first at {first_opposed_s}", first_opposed_s=clock(sides.first_opposed_s))
        if sides.partly_inverted
        else "all the time"
    )
    return say(
        "Left and right cancel each other {when}: who hears both on one loudspeaker hears little of it.", when=when
    )


def _side(sides: Sides) -> str:
    return say("left") if sides.left_only >= sides.right_only else say("right")


def _said(kind: str, message: str, hint: str = "") -> tuple[AudioFinding, ...]:
    return (AudioFinding(kind=kind, message=message, hint=hint),)
