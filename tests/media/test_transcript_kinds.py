"""What publishers' tools really write: each file of `cases/` and each text below has a property that once was lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError
from sendung.media.transcripts import Names, TranscriptFile, is_timed, read_file

Write = Callable[[str, str | bytes], Path]
Said = tuple[int, int, str | None, str]

CASES = Path(__file__).parent / "cases"
SVEN, SEBASTIAN = "Sven Kramer", "Sebastian Karger"
HOSTS = Names([SVEN, SEBASTIAN])


def said(transcript: TranscriptFile, names: Names = HOSTS) -> list[Said]:
    """Start, end, who (by the full name, where that is known) and what."""
    cues = [located.cue for located in transcript.cues]
    return [(c.start_ms, c.end_ms, c.speaker and (names.name_of(c.speaker) or c.speaker), c.text) for c in cues]


TAG, HALLO = (500, 3000, None, "Guten Tag."), (3500, 6000, None, "Hallo.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("30a-vtt-no-blank-after-header.vtt", [(0, 3000, SVEN, "Erster Satz."), (4000, 6000, SVEN, "Zweiter Satz.")]),
        (
            "30c2-zoom-pronouns.vtt",
            [
                (500, 3000, SVEN, "Guten Tag."),
                (3500, 6000, SEBASTIAN, "Hallo Sven."),
                (7000, 9000, "iPhone von Clara", "Hier ist Clara."),
                (10000, 12000, "Dr. med. Clara Maria von der Heide", "Noch einmal."),
            ],
        ),
        ("30d-teams-vtt.vtt", [(500, 3000, SVEN, "Guten Tag."), (3500, 6000, SEBASTIAN, "Hallo.")]),
        ("30f-whisperx-srt.srt", [(500, 3000, "SPEAKER_00", "Guten Tag."), (3500, 6000, "SPEAKER_01", "Hallo.")]),
        ("30f3-whisperx-renamed.srt", [(500, 3000, SVEN, "Guten Tag."), (3500, 6000, SEBASTIAN, "Hallo.")]),
        (
            "30g-srt-blank-line-in-cue.srt",
            [(500, 3000, SVEN, "Guten Tag, und willkommen."), (3500, 6000, SVEN, "Hallo.")],
        ),
        (
            "30l-out-of-order-two-tracks.vtt",
            [(0, 7000, SVEN, "Guten Tag."), (7500, 13000, SEBASTIAN, "Hallo."), (14000, 19000, SVEN, "Xiaomi.")],
        ),
        ("30m-youtube-rolling.vtt", [(0, 2000, None, "guten tag und"), (2010, 4000, None, "herzlich willkommen")]),
        ("31b-whisper.cpp.json", [(0, 3000, None, "Guten Tag."), HALLO]),
        ("31e-deepgram.json", [(0, 3000, "Speaker 0", "Guten Tag."), (3500, 6000, "Speaker 1", "Hallo.")]),
        ("31g-podlove-json.json", [(0, 3000, SVEN, "Guten Tag."), (3500, 6000, SEBASTIAN, "Hallo.")]),
        (
            "32a-otter-txt.txt",
            [(0, 7000, SVEN, "Guten Tag und willkommen."), (7000, 8000, SEBASTIAN, "Hallo Sven.")],
        ),
        (
            "32c-descript-txt.txt",
            [(0, 7000, SVEN, "Guten Tag und willkommen."), (7000, 8000, SEBASTIAN, "Hallo Sven.")],
        ),
        ("33a-youtube-sbv.sbv", [TAG, HALLO]),
        ("33b-whisper-tsv.tsv", [TAG, HALLO]),
        ("33c-ttml.ttml", [TAG]),
    ],
)
def test_every_case_is_read_as_what_it_is(name: str, expected: list[Said]) -> None:
    assert said(read_file(CASES / name, HOSTS)) == expected


TEXTS = {
    "whisper on a terminal": (
        "a.txt",
        "[00:00.500 --> 00:03.000]  Guten Tag.\n[00:03.500 --> 00:06.000]  Hallo.\n",
        [TAG, HALLO],
    ),
    "Riverside": (
        "a.txt",
        "Sven Kramer (00:00.5)\nGuten Tag. Bis 12:30\n\nSebastian (00:03.500)\n12:45 Uhr geht auch.\n",
        [(500, 3500, SVEN, "Guten Tag. Bis 12:30"), (3500, 4700, SEBASTIAN, "12:45 Uhr geht auch.")],
    ),
    "Rev": (
        "a.txt",
        "Speaker 1 (00:00):\nGuten Tag.\n\nSpeaker 2 (00:07):\nHallo.\n",
        [(0, 7000, "Speaker 1", "Guten Tag."), (7000, 8000, "Speaker 2", "Hallo.")],
    ),
    "Sonix": (
        "a.txt",
        "Sven Kramer: [00:00:00] Guten Tag.\n\nSebastian Karger: [00:00:07] Hallo.\n",
        [(0, 7000, SVEN, "Guten Tag."), (7000, 8000, SEBASTIAN, "Hallo.")],
    ),
    "a meeting's chat log": (
        "a.txt",
        "00:00:03\tSven Kramer:\tGuten Tag.\n00:00:07\tSebastian Karger:\tHallo.\n",
        [(3000, 7000, SVEN, "Guten Tag."), (7000, 8000, SEBASTIAN, "Hallo.")],
    ),
    "a name below the time": (
        "a.txt",
        "[00:00:00]\nSven Kramer\nGuten Tag.\n\n[00:00:07]\nSpeaker 2\nHallo.\n",
        [(0, 7000, SVEN, "Guten Tag."), (7000, 8000, "Speaker 2", "Hallo.")],
    ),
    "a name behind the time": (
        "a.txt",
        "[00:00:00] Clara Heide\nGuten Tag.\n\n[00:00:07] Sebastian\nHallo.\n",
        [(0, 7000, "Clara Heide", "Guten Tag."), (7000, 8000, SEBASTIAN, "Hallo.")],
    ),
    "YouTube's page": (
        "a.txt",
        "0:00\nGuten Tag und willkommen\n0:07\nHallo Sven\n",
        [(0, 7000, None, "Guten Tag und willkommen"), (7000, 8000, None, "Hallo Sven")],
    ),
    "a Word document of Teams as text": (
        "a.txt",
        "0:0:0.500 --> 0:0:3.0\nKramer, Sven\nGuten Tag.\n\n0:0:3.500 --> 0:0:6.0\nKarger, Sebastian\nHallo.\n",
        [(500, 3000, SVEN, "Guten Tag."), (3500, 6000, SEBASTIAN, "Hallo.")],
    ),
    "Markdown": (
        "a.md",
        "[00:00:15 → 00:01:02] **Sven Kramer:** Guten Tag.\n[00:01:05 → 00:01:45] **Clara:** Hallo.\n",
        [(15000, 62000, SVEN, "Guten Tag."), (65000, 105000, "Clara", "Hallo.")],
    ),
    "SRT without numbers, and a year": (
        "a.srt",
        "00:00:00,500 --> 00:00:03,000\nGuten Tag.\n1984\n\n00:00:03,500 --> 00:00:06,000\nHallo.\n",
        [(500, 3000, None, "Guten Tag. 1984"), HALLO],
    ),
    "Markdown with time and name in bold": (
        "a.md",
        "**[00:00:00] Sven:** Guten **Tag**.\n\n**[00:00:07] Sebastian:** Hallo.\n",
        [(0, 7000, SVEN, "Guten **Tag**."), (7000, 8000, SEBASTIAN, "Hallo.")],
    ),
    "rolling captions as SRT": (
        "a.srt",
        "1\n00:00:00,000 --> 00:00:02,000\nguten tag\n\n2\n00:00:02,000 --> 00:00:04,000\nguten tag\nund\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\nund\nwillkommen hier\n",
        [(0, 2000, None, "guten tag"), (2000, 4000, None, "und"), (4000, 6000, None, "willkommen hier")],
    ),
    "what is said three times": (
        "a.srt",
        "1\n00:00:00,000 --> 00:00:01,000\nJa.\n\n2\n00:00:01,000 --> 00:00:02,000\nJa.\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\nJa.\n",
        [(0, 1000, None, "Ja."), (1000, 2000, None, "Ja."), (2000, 3000, None, "Ja.")],
    ),
    "two speakers in one cue": (
        "a.srt",
        "1\n00:00:00,000 --> 00:00:02,000\n- Sven: Hallo.\n- Sebastian: Hi.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\n>> Wer da?\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\nS. Kramer: Über\nTesla: gut.\n",
        [
            (0, 2000, SVEN, "Hallo."),
            (0, 2000, SEBASTIAN, "Hi."),
            (2000, 4000, None, "Wer da?"),
            (4000, 6000, SVEN, "Über Tesla: gut."),
        ],
    ),
    "counted speakers in brackets": (
        "a.srt",
        "1\n00:00:00,000 --> 00:00:02,000\n(speaker 0) Guten Tag.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\n[Musik] Hallo.\n",
        [(0, 2000, "speaker 0", "Guten Tag."), (2000, 4000, "speaker 0", "[Musik] Hallo.")],
    ),
    "times to the second": (
        "a.srt",
        "1\n00:00:01 --> 00:00:03\nGuten Tag.\n\n2\n00:00:03 --> 00:00:06\nHallo.\n",
        [(1000, 3000, None, "Guten Tag."), (3000, 6000, None, "Hallo.")],
    ),
    "cues with an identifier behind a blank": (
        "a.vtt",
        "WEBVTT\n\na-1\n00:00.500 --> 00:03.000\nGuten Tag.\n \na-2\n00:03.500 --> 00:06.000\nHallo.\n",
        [TAG, HALLO],
    ),
    "lyrics": (
        "a.lrc",
        "[ti:Folge]\n[offset:+500]\n[00:01.00]Guten Tag.\n[00:03.5]<00:03.5>Hallo <00:04.0>du\n[00:06.00]\n",
        [(500, 3000, None, "Guten Tag."), (3000, 5500, None, "Hallo du")],
    ),
    "SubStation": (
        "a.ass",
        "[Script Info]\nTitle: x\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:00.50,0:00:03.00,Default,Sven,0,0,0,,{\\i1}Guten{\\i0}\\NTag.\n"
        "Dialogue: 0,0:00:03.50,0:00:06.00,Default,Sebastian,0,0,0,,Hallo, du.\n",
        [(500, 3000, SVEN, "Guten Tag."), (3500, 6000, SEBASTIAN, "Hallo, du.")],
    ),
    "whisper.cpp's table": ("a.csv", 'start,end,text\n500,3000," Guten Tag."\n3500,6000," Hallo."\n', [TAG, HALLO]),
    "a table in seconds": ("a.csv", "Start;End;Speaker;Text\n0;3;Sven;Guten Tag.\n", [(0, 3000, SVEN, "Guten Tag.")]),
    "TTML with agents, ticks and durations": (
        "a.ttml",
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
        'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:tickRate="1000"><head><metadata>'
        '<ttm:agent xml:id="a1"><ttm:name type="full">Sven Kramer</ttm:name></ttm:agent></metadata></head>'
        '<body><div><p begin="500t" dur="2.5s" ttm:agent="a1">Guten<br/><span>Tag.</span></p>'
        '<p begin="00:00:03:15" end="6s">Hallo.</p></div></body></tt>',
        [(500, 3000, SVEN, "Guten Tag."), HALLO],
    ),
    "TTML of Apple with a span a word": (
        "a.ttml",
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:podcasts="http://podcasts.apple.com/transcript-ttml-internal" '
        'xmlns:ttm="http://www.w3.org/ns/ttml#metadata"><body><div><p begin="0.5" end="3" ttm:agent="SPEAKER_1">'
        '<span podcasts:unit="sentence"><span podcasts:unit="word">Guten</span><span podcasts:unit="word">Tag.</span>'
        "</span></p></div></body></tt>",
        [(500, 3000, "SPEAKER_1", "Guten Tag.")],
    ),
    "HTML of Podcasting 2.0": (
        "a.html",
        "<cite>Sven:</cite>\n<time>0:00</time>\n<p>Guten &amp; Tag.</p>\n<time>0:07</time>\n<p>Hallo.</p>\n",
        [(0, 7000, SVEN, "Guten & Tag."), (7000, 8000, SVEN, "Hallo.")],
    ),
    "DOTe": (
        "a.json",
        '{"lines": [{"startTime": "00:00:00,500", "endTime": "00:00:03,000", "speakerDesignation": "Sven", '
        '"text": "Guten Tag."}]}',
        [(500, 3000, SVEN, "Guten Tag.")],
    ),
    "Amberscript": (
        "a.json",
        '{"speakers": [{"spkid": "spk1", "name": "Sven Kramer"}], "segments": [{"speaker": "spk1", "words": '
        '[{"text": "Guten", "start": 0.5, "end": 1.0}, {"text": "Tag.", "start": 1.1, "end": 3.0}]}]}',
        [(500, 3000, SVEN, "Guten Tag.")],
    ),
    "AssemblyAI": (
        "a.json",
        '{"utterances": [{"speaker": "A", "text": "Guten Tag.", "start": 500, "end": 3000}], "audio_duration": 26}',
        [(500, 3000, "Speaker A", "Guten Tag.")],
    ),
    "AssemblyAI without speakers": (
        "a.json",
        '{"utterances": null, "words": [{"text": "Guten", "start": 500, "end": 900}, '
        '{"text": "Tag.", "start": 900, "end": 3000}]}',
        [TAG],
    ),
    "whisperX": (
        "a.json",
        '[\n {"start": 0.5, "end": 3, "text": " Guten Tag.", "speaker": "SPEAKER_00"}]',
        [(500, 3000, "SPEAKER_00", "Guten Tag.")],
    ),
    "Deepgram's words": (
        "a.json",
        '{"results": {"channels": [{"alternatives": [{"words": ['
        '{"word": "guten", "start": 0.5, "end": 1, "speaker": 0, "punctuated_word": "Guten"}, '
        '{"word": "tag", "start": 1, "end": 3, "speaker": 0, "punctuated_word": "Tag."}]}]}]}}',
        [(500, 3000, "Speaker 0", "Guten Tag.")],
    ),
    "Amazon": (
        "a.json",
        '{"results": {"items": [{"start_time": "0.5", "end_time": "1", "alternatives": [{"content": "Guten"}]}, '
        '{"start_time": "1", "end_time": "3.0", "alternatives": [{"content": "Tag"}]}, '
        '{"type": "punctuation", "alternatives": [{"content": "."}]}]}}',
        [TAG],
    ),
    "Google": (
        "a.json",
        '{"results": [{"alternatives": [{"words": [{"startTime": "0.500s", "endTime": "1s", "word": "Guten"}, '
        '{"startTime": "1s", "endTime": "3s", "word": "Tag."}]}]}]}',
        [TAG],
    ),
    "Rev's JSON": (
        "a.json",
        '{"monologues": [{"speaker": 0, "elements": [{"type": "text", "value": "Guten", "ts": 0.5, "end_ts": 1}, '
        '{"type": "punct", "value": " "}, {"type": "text", "value": "Tag", "ts": 1, "end_ts": 3}, '
        '{"type": "punct", "value": "."}]}]}',
        [(500, 3000, "Speaker 0", "Guten Tag.")],
    ),
    "ElevenLabs": (
        "a.json",
        '{"words": [{"text": "Guten", "start": 0.5, "end": 0.9, "type": "word", "speaker_id": "speaker_0"}, '
        '{"text": " ", "start": 0.9, "end": 1.0, "type": "spacing"}, '
        '{"text": "Tag.", "start": 1.0, "end": 3.0, "type": "word", "speaker_id": "speaker_0"}]}',
        [(500, 3000, "speaker_0", "Guten Tag.")],
    ),
    "Speechmatics": (
        "a.json",
        '{"results": [{"type": "word", "start_time": 0.5, "end_time": 1, "alternatives": [{"content": "Guten", '
        '"speaker": "S1"}]}, {"type": "word", "start_time": 1, "end_time": 3, "alternatives": [{"content": "Tag", '
        '"speaker": "S1"}]}, {"type": "punctuation", "start_time": 3, "end_time": 3, '
        '"alternatives": [{"content": "."}]}]}',
        [(500, 3000, "S1", "Guten Tag.")],
    ),
    "YouTube's json3": (
        "a.json",
        '{"events": [{"tStartMs": 0, "dDurationMs": 9000}, {"tStartMs": 500, "dDurationMs": 2500, '
        '"segs": [{"utf8": "Guten"}, {"utf8": " Tag."}]}]}',
        [TAG],
    ),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_its_neighbours_are_read_too(write: Write, kind: str) -> None:
    name, content, expected = TEXTS[kind]
    assert said(read_file(write(name, content), HOSTS)) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", b"PK\x03\x04rest", "a Word document or an archive, which is not read"),
        ("a.pdf", b"%PDF-1.7\n", "a PDF"),
        ("a.stl", b"850STL25.010", "captions of broadcasters"),
        ("a.vtt", "<!doctype html><html><body>404</body></html>", "no transcript with cite, time and p"),
        ("a.txt", "{\\rtf1 Hallo}", "rich text"),
        ("a.sub", "{0}{25}Hallo", "count pictures"),
        ("a.html", "<html><body><p>Nur Text</p></body></html>", "no transcript with cite, time and p"),
        ("a.xml", "<opml/>", "XML, but not TTML"),
        ("a.sbv", "Guten Tag.", "not what the name .sbv says"),
        ("a.tsv", "Guten\tTag", "not what the name .tsv says"),
        ("a.csv", "Start,End,Text\n00:00:00:12,00:00:03:00,Hallo\n", "00:00:00:12"),
        ("a.ttml", '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="gleich">x</p></body></tt>', 'begin="gleich"'),
        ("a.ttml", '<tt xmlns="http://www.w3.org/ns/ttml"><body>', "not right XML"),
        ("a.txt", "Sven: Hallo. #00:00:05-3#\n\nSven: Und. #00:00:09-1#\n", "times within the text"),
        ("a.txt", "00:00:00:12 - 00:00:03:00\nSven\nHallo.\n", "times within the text"),
        ("a.txt", "Wir haben [00:12] gesagt und [00:15] noch.\n", "times within the text"),
        ("a.json", '{"tokens": [{"text": "Gu"}]}', "no segments"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_export(
    write: Write, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(ConfigError, match=r".") as caught:
        read_file(write(name, content), HOSTS)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert "xport" in problem.hint


def test_no_times_stand_in_text_that_has_none(write: Write) -> None:
    """A single time of day may be said; it makes no timed text."""
    (cue,) = read_file(write("a.txt", "Sven: Um 12:30 Uhr geht es los.\n"), HOSTS).cues
    assert (cue.cue.text, is_timed([cue.cue])) == ("Um 12:30 Uhr geht es los.", False)
