"""Make the repository's sample show: its covers, and its first episode's audio, transcript and chapter times.

    .venv/bin/python scripts/make_sample.py

needs espeak-ng (apt-get install espeak-ng) and the packages that `make test` installs. Everything but the text that
people wrote (show.yaml, episode.yaml, notes.md, dialogue.yaml) is made here. With the same espeak-ng it makes the same
transcript and chapters, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sample_show.covers import episode_cover, show_cover, write_jpeg
from sample_show.speech import Sentence, Speech, read_dialogue, recorded, speak, write

TOP = Path(__file__).resolve().parent.parent
DIALOGUE = TOP / "scripts" / "sample_show" / "dialogue.yaml"
EPISODE = TOP / "episodes" / "realitaetscheck-autoindustrie"


def main() -> None:
    """Make all files of the sample that a program can make."""
    dialogue = read_dialogue(DIALOGUE)
    speech = speak(dialogue)
    for person, microphone in dialogue.microphones.items():
        write(recorded(speech, person, microphone), EPISODE / microphone.file)
    write_texts(speech, EPISODE)
    write_jpeg(show_cover(), TOP / "cover.jpg")
    write_jpeg(episode_cover(), EPISODE / "cover.jpg")


def write_texts(speech: Speech, folder: Path) -> None:
    """Write the transcript, and the chapters' times into the episode.yaml that is there."""
    (folder / "transcript.vtt").write_text(transcript(speech), encoding="utf-8", newline="\n")
    draft = folder / "episode.yaml"
    draft.write_text(with_times(draft.read_text(encoding="utf-8"), speech.chapters), encoding="utf-8", newline="\n")


def transcript(speech: Speech) -> str:
    """The sentences as WebVTT with a voice tag each (W3C WebVTT, section 3.1 and 4.2.2)."""
    return "\n".join(["WEBVTT\n", *map(cue, speech.sentences)])


def cue(sentence: Sentence) -> str:
    """One sentence as a cue."""
    return f"{clock(sentence.start, 3)} --> {clock(sentence.end, 3)}\n<v {sentence.speaker}>{sentence.text}</v>\n"


def with_times(yaml: str, starts: tuple[float, ...]) -> str:
    """The text of episode.yaml with new chapter times; all else stays. Raises ValueError if the counts differ."""
    times: Iterator[float] = iter(starts)
    changed, count = re.subn(r'(- at: )"[\d:.]+"', lambda found: f'{found[1]}"{clock(next(times))}"', yaml)
    if count != len(starts):
        message = f"episode.yaml has {count} chapters, the dialogue {len(starts)}"
        raise ValueError(message)
    return changed


def clock(seconds: float, decimals: int = 0) -> str:
    """Seconds as hours, minutes and seconds; never later than the moment meant, so that no word is cut off."""
    units = int(seconds * 10**decimals)
    whole, rest = divmod(units, 10**decimals)
    fraction = f".{rest:0{decimals}}" if decimals else ""
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{fraction}"


if __name__ == "__main__":
    main()
