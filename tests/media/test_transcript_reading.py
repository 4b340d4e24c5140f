from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError
from sendung.core.model import Cue, Person
from sendung.media import transcripts

Write = Callable[[str, str | bytes], Path]

SVEN, SEBASTIAN = "Sven Kramer", "Sebastian Karger"
HOSTS = (Person(name=SVEN), Person(name=SEBASTIAN))


def read(path: Path) -> tuple[Cue, ...]:
    return tuple(located.cue for located in transcripts.read_file(path).cues)


def cue(start: int, end: int, text: str, speaker: str | None = None) -> Cue:
    return Cue(start_ms=start, end_ms=end, text=text, speaker=speaker)


VTT = """WEBVTT - Folge 1
Kind: captions

NOTE
Das liest niemand: 00:00:00.000
auch das nicht

STYLE
::cue { color: red }

REGION
id:links

kennung
00:00.000 --> 00:03.500 align:start position:10%
<v.laut Sven Kramer>Hallo &amp; <b>willkommen</b>,
<00:00:02.000>alle &lt;zusammen&gt;!</v>

00:00:03.500 --> 100:00:00.000
<v Sebastian Karger>Hm.</v> <v Sven Kramer>Ja: genau.

100:00:00.000 --> 100:00:01.000
&#91;Musik&#93; 3 < 4
"""


def test_webvtt_is_read_with_voices_escapes_settings_comments_and_styles(write: Write) -> None:
    assert read(write("a.vtt", VTT)) == (
        cue(0, 3500, "Hallo & willkommen, alle <zusammen>!", SVEN),
        cue(3500, 360_000_000, "Hm.", SEBASTIAN),
        cue(3500, 360_000_000, "Ja: genau.", SVEN),
        cue(360_000_000, 360_001_000, "[Musik] 3 < 4"),
    )


def test_each_cue_knows_its_line(write: Write) -> None:
    assert [located.line for located in transcripts.read_file(write("a.vtt", VTT)).cues] == [15, 19, 19, 22]


SRT = """1
00:00:00,000 --> 00:00:02,760
Sven: Hallo <i>und</i> {\\an8}willkommen,
zusammen.

2
00:00:02,760 --> 00:00:06,090 X1:0
Achtung Podcast!

3
00:00:06,090 --> 00:00:07,000
Sebastian: Hi. 3 < 4 & so.
4
00:00:07,000 --> 00:00:08,000
Frage nach dem Preis
"""


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_srt_is_read_with_speakers_that_go_on_until_another_is_named(write: Write, line_end: str, mark: bytes) -> None:
    assert read(write("a.srt", mark + SRT.replace("\n", line_end).encode())) == (
        cue(0, 2760, "Hallo und willkommen, zusammen.", "Sven"),
        cue(2760, 6090, "Achtung Podcast!", "Sven"),
        cue(6090, 7000, "Hi. 3 < 4 & so.", "Sebastian"),
        cue(7000, 8000, "Frage nach dem Preis", "Sebastian"),
    )


def test_a_colon_in_srt_without_speakers_stays_text(write: Write) -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nGuten Tag.\n\n2\n00:00:01,000 --> 00:00:02,000\nAchtung: Stufe!\n"
    assert [c.text for c in read(write("a.srt", text))] == ["Guten Tag.", "Achtung: Stufe!"]


def test_labels_in_webvtt_without_voices_are_speakers(write: Write) -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n[Musik]\n\n00:01.000 --> 00:02.000\nSpeaker 1: Hallo.\n"
    assert read(write("a.vtt", text)) == (cue(0, 1000, "[Musik]"), cue(1000, 2000, "Hallo.", "Speaker 1"))


PLAIN = """Sven: Hallo und
willkommen.

Noch ein Absatz: mit Doppelpunkt.
Anna von Berg: Danke.
SEBASTIAN:
und hier das Ende
"""


def test_plain_text_gives_cues_without_times(write: Write) -> None:
    found = transcripts.read_file(write("a.txt", PLAIN)).cues
    assert [(one.line, one.cue.speaker, one.cue.text) for one in found] == [
        (1, "Sven", "Hallo und willkommen."),
        (4, "Sven", "Noch ein Absatz: mit Doppelpunkt."),
        (5, "Anna von Berg", "Danke."),
        (7, "SEBASTIAN", "und hier das Ende"),
    ]
    assert not transcripts.is_timed([one.cue for one in found])


PODCASTING20 = """{"version": "1.0.0", "segments": [
 {"speaker": "Sven", "startTime": 0.5, "endTime": 2.75, "body": "Hallo und\\n willkommen."},
 {"startTime": 3, "body": "Ohne Ende"},
 {"startTime": 4.25, "endTime": 5, "body": "Schluss \\ud800 jetzt\\u0000"}]}
"""


def test_podcasting20_json_is_read_and_a_missing_end_is_the_next_start(write: Write) -> None:
    found = transcripts.read_file(write("a.json", PODCASTING20)).cues
    assert [one.cue for one in found] == [
        cue(500, 2750, "Hallo und willkommen.", "Sven"),
        cue(3000, 4250, "Ohne Ende"),
        cue(4250, 5000, "Schluss jetzt"),
    ]
    assert [one.line for one in found] == [2, 3, 4]


def test_whisper_json_is_read(write: Write) -> None:
    segments = [{"id": 0, "start": 0.0, "end": 1.5, "text": " Hallo du", "words": [{"start": 0.0, "word": "Hallo"}]}]
    assert read(write("a.json", json.dumps({"segments": segments}))) == (cue(0, 1500, "Hallo du"),)


def test_json_of_single_words_becomes_sentences(write: Write) -> None:
    words = ["Das", "ist", "gut.", "Ja,", "sehr."]
    segments = [
        {"speaker": "Sven", "startTime": n, "endTime": n + 0.5, "body": word} for n, word in enumerate(words)
    ] + [{"speaker": "Anna", "startTime": 5, "endTime": 6, "body": "Nein"}]
    assert read(write("a.json", json.dumps({"version": "1.0.0", "segments": segments}))) == (
        cue(0, 2500, "Das ist gut.", "Sven"),
        cue(3000, 4500, "Ja, sehr.", "Sven"),
        cue(5000, 6000, "Nein", "Anna"),
    )


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("Anna", "Anna"),
        ("Anna Maria von Berg", "Anna Maria von Berg"),
        ("Dr. med. Anna Maria Luise Karla von und zu Berg", None),
        ("Dr. med. Anna Maria Luise von Berg", "Dr. med. Anna Maria Luise von Berg"),
        ("Anna sagte", None),
    ],
)
def test_a_name_before_a_colon_has_four_words_and_titles_at_most(write: Write, name: str, speaker: str | None) -> None:
    (cue,) = read(write("a.txt", f"{name}: Hallo.\n"))
    assert (cue.speaker, cue.text) == (speaker, "Hallo." if speaker else f"{name}: Hallo.")


def segments(*cues: Cue) -> str:
    return json.dumps(
        {"segments": [{"start": one.start_ms / 1000, "end": one.end_ms / 1000, "text": one.text} for one in cues]}
    )


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        (cue(2999, 3500, "b" * 59), True),
        (cue(3000, 3500, "b" * 59), False),
        (cue(1000, 3500, "b" * 60), False),
    ],
)
def test_words_are_joined_within_a_breath_and_two_lines(write: Write, second: Cue, joined: bool) -> None:
    """Two seconds are a pause; what is joined has less than 120 characters, the space between not counted."""
    first = cue(0, 1000, "a" * 60)
    whole = cue(0, 3500, f"{first.text} {second.text}")
    assert read(write("a.json", segments(first, second))) == ((whole,) if joined else (first, second))


@pytest.mark.parametrize(("phrases", "cues"), [(1, 1), (2, 11)])
def test_words_are_joined_only_where_nine_in_ten_are_alone(write: Write, phrases: int, cues: int) -> None:
    words = [cue(n * 100, n * 100 + 100, "ja ja" if n < phrases else "ja") for n in range(11)]
    assert len(read(write("a.json", segments(*words)))) == cues


def test_a_segment_that_ends_when_it_starts_lasts_a_millisecond(write: Write) -> None:
    assert read(write("a.json", segments(cue(500, 500, "Hallo du")))) == (cue(500, 501, "Hallo du"),)


def vtt(*cues: str) -> str:
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


@pytest.mark.parametrize(
    ("name", "content", "problems"),
    [
        ("a.vtt", vtt("00:00:01 --> 00:00:02.000\nx"), [(3, "no times of a cue")]),
        ("a.vtt", vtt("00:02.000 --> 00:01.000\nx"), [(3, "ends before it starts")]),
        ("a.vtt", vtt("00:01.000 --> 00:03.000\nx\n\nverlorene Zeile"), [(6, "belongs to no cue")]),
        ("a.vtt", vtt("x --> y\nx", "y --> z\nz"), [(3, "no times"), (6, "no times")]),
        ("a.vtt", "00:01.000 --> 00:03.000\nx\n", [(1, "must begin with the line WEBVTT")]),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xdcber\n", [(4, "is not UTF-8")]),
        ("a.vtt", "WEBVTT\n", [(0, "has no text")]),
        ("a.vtt", "", [(1, "must begin with")]),
        ("a.txt", " \n\n", [(0, "has no text")]),
        ("a.srt", "1\nkeine Zeit\nHallo\n", [(1, "belongs to no cue")]),
        ("a.json", '{"segments": [\n', [(2, "not right JSON")]),
        ("a.json", "[]", [(0, "has no text")]),
        ("a.json", "[" * 100_000, [(1, "not right JSON")]),
        ("a.json", '{"text": "x"}', [(1, "no segments")]),
        ("a.json", '{"segments": [\n{"startTime": "gleich", "body": "x"}]}', [(2, "has no startTime in seconds")]),
        ("a.json", '{"segments": [{"body": "x"}, 7]}', [(0, "Segment 1"), (0, "Segment 2")]),
        ("a.json", '{"segments": [\n\n{"startTime": 2, "endTime": 1, "body": "x"}]}', [(3, "ends before")]),
        ("a.json", '{"segments": [{"startTime": NaN, "body": "x"}]}', [(1, "has no startTime")]),
    ],
)
def test_every_mistake_in_a_file_is_named_with_its_line(
    write: Write, name: str, content: str | bytes, problems: list[tuple[int, str]]
) -> None:
    path = write(name, content)
    with pytest.raises(ConfigError) as caught:
        read(path)
    found = caught.value.problems
    assert [problem.place.line for problem in found if problem.place and problem.place.file == path] == [
        line for line, _ in problems
    ]
    assert all(said in problem.message for problem, (_, said) in zip(found, problems, strict=True))
    assert all(problem.hint for problem in found)


def test_a_missing_transcript_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.vtt does not exist"):
        read(tmp_path / "a.vtt")


def test_a_cue_that_starts_behind_the_audio_is_another_recordings_and_one_that_ends_there_is_cut(write: Write) -> None:
    path = write("a.vtt", VTT)
    located = transcripts.read_file(path).cues
    assert [(problem.severity, str(problem)) for problem in transcripts.flaws(located, 100_000, path)] == [
        ("error", f"{path}:22: The cue starts at 100:00:00, but the audio ends at 00:01:40."),
        ("warning", f"{path}:19: The cue ends at 100:00:00, and the audio at 00:01:40, where it is cut (1 more, too)."),
    ]
    assert transcripts.flaws(located, 360_001_000, path) == []
    assert [problem.severity for problem in transcripts.flaws(located, 360_000_001, path)] == ["note"]
    assert [problem.severity for problem in transcripts.flaws(located, 360_000_000, path)] == ["error"]


def test_cues_move_with_the_audio_and_no_text_is_lost() -> None:
    cues = (cue(0, 800, "a"), cue(900, 3000, "b"), cue(3000, 9000, "c"), cue(8900, 9000, "d"))
    assert transcripts.shift(cues, -1000, 5000) == (
        cue(0, 1, "a"), cue(0, 2000, "b"), cue(2000, 5000, "c"), cue(4999, 5000, "d"),
    )  # fmt: skip
    assert transcripts.shift(cues[:1], 500, 5000) == (cue(500, 1300, "a"),)


def test_text_without_times_is_not_moved() -> None:
    assert transcripts.shift((cue(0, 0, "a"),), 500, 5000) == (cue(0, 0, "a"),)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("sven kramer", SVEN),
        ("SVEN", SVEN),
        ("Karger", SEBASTIAN),
        ("S.K.", "S.K."),
        ("AvB", "Anna von Berg"),
        ("Speaker 1", "Speaker 1"),
        (None, None),
    ],
)
def test_speakers_get_the_names_of_persons_unless_they_fit_two(written: str | None, name: str | None) -> None:
    persons = (*HOSTS, Person(name="Anna von Berg", role="guest"))
    assert [c.speaker for c in transcripts.name_speakers([cue(0, 1, "x", written)], persons)] == [name]
