"""What Apple Podcasts asks of the files themselves: artwork, audio, transcripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sendung.core.media_types import CAPTIONS, VTT
from sendung.core.words import say
from sendung.feed.values import extension, name_of
from sendung.rules.apple_episode import TRANSCRIPTS
from sendung.rules.observations import Artwork, EpisodeEdit, Sound, TranscriptText
from sendung.rules.registry import ERROR, NOTE, WARNING, Hit, observed_rule

ARTWORK = "Apple Podcasts for Creators, Artwork requirements (support/896)"
AUDIO = "Apple Podcasts for Creators, Audio requirements (support/893)"
_ENDINGS = {"JPEG": {".jpg", ".jpeg"}, "PNG": {".png"}}


@observed_rule("apple-artwork-square", ERROR, ARTWORK, "Crop it.", Artwork, field="cover")
def artwork_is_square(image: Artwork) -> Iterator[Hit]:
    """Artwork is square."""
    if image.width != image.height:
        yield Hit(say("The image has {width} × {height} pixels.", width=image.width, height=image.height))


@observed_rule("apple-artwork-size", ERROR, ARTWORK, "Make it 3000 × 3000 pixels.", Artwork, field="cover")
def artwork_has_1400_to_3000_pixels(image: Artwork) -> Iterator[Hit]:
    """Artwork has 1400 to 3000 pixels a side."""
    if min(image.width, image.height) < 1400 or max(image.width, image.height) > 3000:
        yield Hit(say("The image has {width} × {height} pixels.", width=image.width, height=image.height))


@observed_rule("apple-artwork-3000", WARNING, ARTWORK, "Make it 3000 × 3000 pixels.", Artwork, field="cover")
def artwork_has_3000_pixels(image: Artwork) -> Iterator[Hit]:
    """Artwork has 3000 pixels a side, the size that Apple prefers."""
    if 1400 <= max(image.width, image.height) < 3000:
        yield Hit(say("The image has {width} × {height} pixels.", width=image.width, height=image.height))


@observed_rule("apple-artwork-format", ERROR, ARTWORK, "Save it as JPEG.", Artwork, field="cover")
def artwork_is_jpeg_or_png(image: Artwork) -> Iterator[Hit]:
    """Artwork is JPEG or PNG."""
    if image.format not in _ENDINGS:
        yield Hit(say("The image is {format}.", format=image.format))


@observed_rule("apple-artwork-extension", ERROR, ARTWORK, "Rename the file.", Artwork, field="cover")
def artwork_extension_is_true(image: Artwork) -> Iterator[Hit]:
    """The extension of artwork is that of its format."""
    if image.format in _ENDINGS and extension(image.url) not in _ENDINGS[image.format]:
        yield Hit(
            say(
                "The image ends in “{extension}”, but it is {format}.",
                extension=extension(image.url),
                format=image.format,
            )
        )


@observed_rule("apple-artwork-rgb", ERROR, ARTWORK, "Convert it to sRGB.", Artwork, field="cover")
def artwork_is_rgb(image: Artwork) -> Iterator[Hit]:
    """Artwork is RGB."""
    if image.mode not in {"RGB", "RGBA"}:
        yield Hit(say("The image's colours are {mode}.", mode=image.mode))


@observed_rule("apple-artwork-alpha", WARNING, ARTWORK, "Save it without transparency.", Artwork, field="cover")
def artwork_has_no_alpha(image: Artwork) -> Iterator[Hit]:
    """Artwork has no alpha channel."""
    if image.mode in {"RGBA", "LA", "PA"}:
        yield Hit("The image has an alpha channel.")


@observed_rule("apple-artwork-weight", WARNING, f"{ARTWORK} (S)", "Compress it further.", Artwork, field="cover")
def artwork_is_light(image: Artwork) -> Iterator[Hit]:
    """Artwork has at most 512 KB."""
    if image.size > 512 * 1024:
        yield Hit(say("The image has {size} KB.", size=image.size // 1024))


@observed_rule("apple-artwork-changed", WARNING, ARTWORK, "Give the new image a new address.", Artwork, field="cover")
def new_artwork_has_new_address(image: Artwork) -> Iterator[Hit]:
    """Artwork that changed has a new address, else Apple may keep the old one."""
    if image.previous_sha256 and image.previous_sha256 != image.sha256:
        yield Hit("The image changed under its old address.")


@observed_rule("apple-audio-bitrate", WARNING, AUDIO, "128–256 kbit/s in stereo, 96–128 in mono.", Sound, field="audio")
def bitrate_is_sound(sound: Sound) -> Iterator[Hit]:
    """MP3 has 128–256 kbit/s in stereo, 96–128 in mono."""
    low, high = (96, 128) if sound.channels == 1 else (128, 256)
    # Half a kilobit of tolerance: what is measured includes the file's tags.
    if sound.codec == "mp3" and not low - 0.5 <= sound.bitrate / 1000 <= high + 0.5:
        yield Hit(
            say(
                "The audio has {bitrate} kbit/s in {channels} channel(s).",
                bitrate=sound.bitrate // 1000,
                channels=sound.channels,
            )
        )


@observed_rule("apple-audio-loudness", WARNING, AUDIO, "Master it to −16 LUFS.", Sound, field="audio")
def loudness_is_right(sound: Sound) -> Iterator[Hit]:
    """Audio has −16 LUFS ± 1; in mono −19, which is as loud on two speakers, will do."""
    wanted = (-16.0, -19.0) if sound.channels == 1 else (-16.0,)
    if sound.lufs is not None and all(abs(sound.lufs - target) > 1 for target in wanted):
        yield Hit(say("The audio has {lufs:.1f} LUFS.", lufs=sound.lufs))


@observed_rule("apple-audio-peak", WARNING, AUDIO, "Limit it to −1 dBTP.", Sound, field="audio")
def peak_is_low(sound: Sound) -> Iterator[Hit]:
    """Audio has a true peak of at most −1 dBTP."""
    if sound.dbtp is not None and sound.dbtp > -1:
        yield Hit(say("The audio's true peak is {dbtp:.1f} dBTP.", dbtp=sound.dbtp))


@observed_rule("apple-duration-true", WARNING, AUDIO, "Write the measured duration.", Sound, field="audio")
def duration_is_true(sound: Sound) -> Iterator[Hit]:
    """The feed's duration is that of the audio, within two seconds.

    Players that find no Xing header in a file of variable bit rate guess wrongly.
    """
    if sound.expected_duration_s is not None and abs(sound.expected_duration_s - sound.duration_s) > 2:
        yield Hit(
            say(
                "The feed says {expected_duration_s} s; the audio lasts {duration_s:.0f} s.",
                expected_duration_s=sound.expected_duration_s,
                duration_s=sound.duration_s,
            )
        )


@observed_rule("apple-transcript-lines", WARNING, TRANSCRIPTS, "Break the line.", TranscriptText, field="transcript")
def transcript_lines_are_short(transcript: TranscriptText) -> Iterator[Hit]:
    """Lines of a WebVTT or SubRip transcript have at most 65 characters."""
    if transcript.media_type in CAPTIONS:
        lines = [re.sub(r"<[^<>]*>", "", line).strip() for line in transcript.text.splitlines()]
        if long := [line for line in lines if len(line) > 65 and "-->" not in line]:
            yield Hit(
                say(
                    "{long_count} line(s) have more than 65 characters, such as “{long}…”.",
                    long_count=len(long),
                    long=long[0][:40],
                )
            )


@observed_rule("apple-transcript-speakers", NOTE, TRANSCRIPTS, "Write <v Name> before what is said.", TranscriptText)
def transcript_names_speakers(transcript: TranscriptText) -> Iterator[Hit]:
    """A WebVTT transcript says who speaks."""
    if transcript.media_type == VTT and not re.search(r"<v[ .]", transcript.text):
        yield Hit("The transcript does not say who speaks.")


@observed_rule(
    "apple-guid-changed",
    ERROR,
    "Apple, A Podcaster’s Guide to RSS",
    "Write that GUID into episode.yaml. If it is another episode after all, allow this rule in show.yaml.",
    EpisodeEdit,
    "guid",
)
def guids_stay(change: EpisodeEdit) -> Iterator[Hit]:
    """The GUID of an episode never changes.

    Apps would load it again as a new one. That happens where a folder is renamed and episode.yaml names no GUID.
    """
    old = change.before.value("guid")
    if old and old != change.after.value("guid"):
        yield Hit(say("{after} is published with the GUID “{old}”.", after=name_of(change.after), old=old[:100]))
