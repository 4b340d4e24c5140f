"""Who speaks in a transcript, and what is said of all that was guessed, changed or left out of one."""

from __future__ import annotations

import pytest

from sendung.core.errors import ConfigError
from sendung.media.transcripts import Names, TranscriptFile, read_file
from tests.media.test_transcript_kinds import CASES, HOSTS, SEBASTIAN, SVEN, Write, said


def srt(*texts: str) -> str:
    """Cues of two seconds each."""
    cues = [f"{n + 1}\n00:00:{n * 2:02},000 --> 00:00:{n * 2 + 2:02},000\n{text}\n" for n, text in enumerate(texts)]
    return "\n".join(cues)


def remarks(transcript: TranscriptFile) -> list[tuple[str, int, str]]:
    return [(str(r.severity), r.place.line if r.place else -1, r.message) for r in transcript.remarks]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "30c2-zoom-pronouns.vtt",
            [
                ("warning", 12, '"iPhone von Clara" is none of the hosts and guests, and speaks once.'),
                (
                    "warning",
                    16,
                    '"Dr. med. Clara Maria von der Heide" is none of the hosts and guests, and speaks once.',
                ),
            ],
        ),
        ("30d-teams-vtt.vtt", []),
        (
            "30l-out-of-order-two-tracks.vtt",
            [
                (
                    "warning",
                    9,
                    "The cue at 00:00:07.500 stands behind a later one: all were put into the order of their times.",
                )
            ],
        ),
        (
            "30m-youtube-rolling.vtt",
            [("warning", 5, "The captions roll: 3 of 4 cues repeat the one above, and each line was kept once.")],
        ),
        (
            "32a-otter-txt.txt",
            [
                (
                    "note",
                    1,
                    "The file does not say when 2 of 2 cues end: each ends where the next begins.",
                ),
                ("note", 7, '"Transcribed by https://otter.ai" is not said, and was left out.'),
            ],
        ),
    ],
)
def test_what_is_guessed_changed_or_left_out_is_said_with_its_line(
    name: str, expected: list[tuple[str, int, str]]
) -> None:
    assert remarks(read_file(CASES / name, HOSTS)) == expected


def test_text_above_the_first_time_is_said_to_be_left_out(write: Write) -> None:
    text = "Folge 1\n\nSven Kramer  0:00\nGuten Tag.\n\nSebastian Karger  0:07\nHallo.\n"
    transcript = read_file(write("a.txt", text), HOSTS)
    assert remarks(transcript)[0] == ("warning", 1, '"Folge 1" stands before the first time, and was left out.')
    assert len(transcript.cues) == 2


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Kramer, Sven", SVEN),
        ("KRAMER, Sven (Extern)", SVEN),
        ("Sven Kramer (er/ihm)", SVEN),
        ("Sven Kramer (he/him) [Gast]", SVEN),
        ("Dr. Sven Kramer", SVEN),
        ("Sven Kramer | example.org", SVEN),
        ("sven.kramer", SVEN),
        ("S. Kramer", SVEN),
        ("Sven K.", SVEN),
        ("Kramer", SVEN),
        ("Juergen Mueller", "Jürgen Müller"),
        ("Ju\u0308rgen", "Jürgen Müller"),
        ("von Berg", "Anna von Berg"),
        ("SK", None),
        ("Svenja", None),
        ("Anna Kramer", None),
        ("Sven Kramer und Sebastian Karger", None),
    ],
)
def test_hosts_and_guests_are_known_by_what_tools_make_of_their_names(label: str, name: str | None) -> None:
    assert Names([SVEN, SEBASTIAN, "Jürgen Müller", "Anna von Berg"]).name_of(label) == name


@pytest.mark.parametrize("label", ["SPEAKER_00", "Speaker 0", "speaker_0", "0", "Sprecher 0"])
def test_the_map_of_speakers_names_those_whom_a_tool_counts(label: str) -> None:
    names = Names([SVEN], {"SPEAKER_00": "Sven", "SPEAKER_01": "Clara Heide"})
    assert names.name_of(label) == SVEN
    assert names.name_of("SPEAKER_01") == "Clara Heide"
    assert names.name_of("SPEAKER_02") is None


def test_a_label_that_the_map_leaves_without_a_name_is_text(write: Write) -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nSven: Hallo.\n\n2\n00:00:01,000 --> 00:00:02,000\nAchtung: Stufe!\n"
    path = write("a.srt", text)
    assert said(read_file(path, HOSTS))[1][2:] == ("Achtung", "Stufe!")
    assert said(read_file(path, Names([SVEN], {"Achtung": None})))[1][2:] == (SVEN, "Achtung: Stufe!")


def test_initials_of_two_are_a_speaker_of_their_own_and_said(write: Write) -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nSven: Hallo.\n\n2\n00:00:01,000 --> 00:00:02,000\nSK: Hm.\n"
    transcript = read_file(write("a.srt", text), HOSTS)
    assert said(transcript)[1][2:] == ("SK", "Hm.")
    assert remarks(transcript) == [("warning", 6, '"SK" may be Sebastian Karger or Sven Kramer, and speaks once.')]
    assert transcript.remarks[0].hint.startswith("Say in episode.yaml who that is")


def test_a_broken_line_of_times_in_srt_is_not_taken_for_text(write: Write) -> None:
    text = "1\n00:00:00,000 --> 00:00:01,000\nHallo.\n\n2\n00:00:01 bis 00:00:02\nVerloren?\n"
    with pytest.raises(ConfigError, match=r"a\.srt:6: .*no times of a cue"):
        read_file(write("a.srt", text))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["Sven: A.", "gast: B.", "und C,\nnämlich: D."],
            [(SVEN, "A."), ("gast", "B."), ("gast", "und C, nämlich: D.")],
        ),
        (["Sven: A.", "Tja.", "gast: B."], [(SVEN, "A."), (SVEN, "Tja."), ("gast", "B.")]),
        (["[Sven] A.", "[Clara] B.", "[Musik] C."], [(SVEN, "A."), ("Clara", "B."), ("Clara", "[Musik] C.")]),
        (["Guten Tag.", "Sebastian:Hallo."], [(None, "Guten Tag."), (SEBASTIAN, "Hallo.")]),
        (["Sven: Siehe https://example.org und 12:30."], [(SVEN, "Siehe https://example.org und 12:30.")]),
        (["Sven: A", "Er sagte: B"], [(SVEN, "A"), ("Er sagte", "B")]),
        (["Sven: A", "und er", "sagte mir: B"], [(SVEN, "A"), (SVEN, "und er"), (SVEN, "sagte mir: B")]),
        (["SK\u200b: A", "\u2068Sven Kramer\u2069 🎙: B"], [("SK\u200b", "A"), (SVEN, "B")]),
        (["@sven: A", "@clara: B"], [(SVEN, "A"), ("clara", "B")]),
    ],
)
def test_a_label_is_told_from_text(write: Write, texts: list[str], expected: list[tuple[str | None, str]]) -> None:
    assert [cue[2:] for cue in said(read_file(write("a.srt", srt(*texts)), HOSTS))] == expected


def test_who_has_no_label_where_all_others_have_one_is_nobody(write: Write) -> None:
    """WhisperX labels every cue whose speaker it could tell; the words of the others are not the last one's."""
    texts = [*["[SPEAKER_00]: A"] * 5, *["[SPEAKER_01]: B"] * 5, "C"]
    assert said(read_file(write("a.srt", srt(*texts)), HOSTS))[-1][2:] == (None, "C")
    assert said(read_file(write("a.srt", srt("Sven: A", "Sebastian: B", "C")), HOSTS))[-1][2:] == (SEBASTIAN, "C")


def test_a_microphone_each_is_a_speaker_each(write: Write) -> None:
    text = (
        '{"results": {"utterances": [{"start": 0.5, "end": 3, "channel": [0, 2], "transcript": "Guten Tag."}, '
        '{"start": 3.5, "end": 6, "channel": [1, 2], "transcript": "Hallo."}]}}'
    )
    names = Names([SVEN, SEBASTIAN], {"Channel 0": "Sven", "Channel 1": "Sebastian"})
    assert [cue[2] for cue in said(read_file(write("a.json", text), names), names)] == [SVEN, SEBASTIAN]


def test_a_voice_with_a_name_is_a_note_and_one_that_is_only_counted_or_mistyped_a_warning(write: Write) -> None:
    cues = [
        f"00:0{n}.000 --> 00:0{n}.900\n<v {name}>A\n" for n, name in enumerate(("Clara", "Speaker 2", "Svne Kramer"))
    ]
    transcript = read_file(write("a.vtt", "\n".join(["WEBVTT\n", *cues])), HOSTS)
    assert [severity for severity, *_ in remarks(transcript)] == ["note", "warning", "warning"]
    assert transcript.remarks[2].hint.startswith("Did you mean Sven Kramer?")


def test_a_dash_is_a_turn_at_the_start_of_a_line_only(write: Write) -> None:
    texts = ["Karl-Heinz Müller: Hallo.", "Anna Berg: Die E-Mail kam - leider - an.", "- Karl-Heinz Müller: Ach >> so."]
    transcript = read_file(write("t.srt", srt(*texts)), Names(["Karl-Heinz Müller", "Anna Berg"]))
    assert [(located.cue.speaker, located.cue.text) for located in transcript.cues] == [
        ("Karl-Heinz Müller", "Hallo."),
        ("Anna Berg", "Die E-Mail kam - leider - an."),
        ("Karl-Heinz Müller", "Ach >> so."),
    ]
    assert transcript.remarks == ()
