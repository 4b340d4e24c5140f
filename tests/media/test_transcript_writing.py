from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import webvtt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from sendung.core import media_types
from sendung.core.model import Cue
from sendung.core.text import clean
from sendung.media import transcripts

Write = Callable[[str, str | bytes], Path]

HOSTILE = (
    "</v><script>alert(1)</script> --> & &lt; <v Böse>",
    "1\n\n00:00:00.000 --> 00:00:01.000\nNOTE",
    "WEBVTT",
    "-->",
    "{\\an8}<b>fett</b>",
    '</p></body> "zitat" \u202eRTL 🎙️',
    "x" * 200,
    "wort " * 100,
)


def hostile_cues() -> list[Cue]:
    return [
        Cue(start_ms=n * 2000, end_ms=n * 2000 + 1999, text=text, speaker=f"N<{n}>&\n --> Name")
        for n, text in enumerate(HOSTILE)
    ]


texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300)).map(clean).filter(bool)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    cues = []
    start = 0
    for _ in range(draw(st.integers(1, 6))):
        start += draw(st.integers(0, 10_000_000))
        speaker = draw(st.none() | texts)
        end = start + draw(st.integers(1, 100_000))
        cues.append(Cue(start_ms=start, end_ms=end, text=draw(texts), speaker=speaker))
    return cues


def named(cues: list[Cue]) -> list[Cue]:
    """With a voice somewhere, so that labels within texts stay texts."""
    return [cues[0].model_copy(update={"speaker": "Sven"}), *cues[1:]]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cues=cue_lists().map(named))
def test_what_is_written_as_webvtt_or_json_reads_back_the_same(tmp_path: Path, cues: list[Cue]) -> None:
    for name, data in (("a.vtt", transcripts.to_vtt(cues)), ("a.json", transcripts.to_json([*cues, LONG]))):
        path = tmp_path / name
        path.write_bytes(data)
        read = [located.cue for located in transcripts.read_file(path).cues]
        assert read == (cues if name == "a.vtt" else [*cues, LONG])


LONG = Cue(start_ms=10**9, end_ms=10**9 + 1, text="mehrere Wörter " * 10 + "am Ende", speaker="Zuletzt")
"""Makes sure that a transcript is not one of single words, which would be joined."""


def test_another_reader_finds_every_cue_of_hostile_webvtt() -> None:
    cues = hostile_cues()
    read = webvtt.from_string(transcripts.to_vtt(cues).decode())
    assert [caption.start for caption in read.captions] == [f"00:00:{n * 2:02}.000" for n in range(len(cues))]
    assert [caption.identifier for caption in read.captions] == [None] * len(cues)
    assert not read.styles


def test_another_reader_finds_speakers_and_text() -> None:
    cues = [Cue(start_ms=500, end_ms=2000, text="Hallo zusammen.", speaker="Sven Kramer")]
    (caption,) = webvtt.from_string(transcripts.to_vtt(cues).decode()).captions
    assert (caption.voice, caption.text, caption.start_in_seconds) == ("Sven Kramer", "Hallo zusammen.", 0)


def test_another_reader_finds_every_card_of_hostile_srt() -> None:
    cues = hostile_cues()
    data = transcripts.to_srt(cues).decode()
    read = webvtt.from_buffer(io.StringIO(data), format="srt").captions
    assert data.count("-->") == len(read)
    assert {caption.start for caption in read} >= {f"00:00:{n * 2:02}.000" for n in range(len(cues))}
    assert "<script" not in data
    assert "{\\" not in data


def test_srt_is_cut_into_cards_of_two_short_lines_that_share_the_time(write: Write) -> None:
    text = "Willkommen zum Realitätscheck Autoindustrie, heute sprechen wir über Xiaomi, SoftBank und den Abbau."
    cues = [Cue(start_ms=1000, end_ms=9000, text=text, speaker="Sven"), Cue(start_ms=9000, end_ms=9500, text="Hm.")]
    cards = transcripts.to_srt(cues).decode().rstrip().split("\n\n")
    for card in cards:
        lines = card.split("\n")[2:]
        assert 1 <= len(lines) <= 2
        assert all(len(line) <= 32 for line in lines)
    read = [located.cue for located in transcripts.read_file(write("a.srt", transcripts.to_srt(cues))).cues]
    assert " ".join(c.text for c in read) == text + " Hm."
    assert (read[0].start_ms, read[-2].end_ms, read[-1].start_ms) == (1000, 9000, 9000)
    assert all(one.end_ms == following.start_ms for one, following in pairwise(read))


def test_lines_of_webvtt_have_65_characters_at_most_and_long_words_stay_whole() -> None:
    link = "https://example.org/" + "a" * 60
    data = transcripts.to_vtt([Cue(start_ms=0, end_ms=1000, text="Ein Wort & noch eins " * 20 + link)]).decode()
    lines = data.split("\n")[3:]
    assert link in lines
    assert all(len(line.replace("&amp;", "&")) <= 65 for line in lines if line != link)


def test_json_says_its_version_and_times_in_seconds() -> None:
    cues = [Cue(start_ms=500, end_ms=2000, text="Hallo", speaker="Sven"), Cue(start_ms=2000, end_ms=3000, text="Ja")]
    assert json.loads(transcripts.to_json(cues)) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Sven", "startTime": 0.5, "endTime": 2.0, "body": "Hallo"},
            {"startTime": 2.0, "endTime": 3.0, "body": "Ja"},
        ],
    }


def text_of(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def test_html_has_a_paragraph_for_each_monologue_and_no_text_becomes_markup() -> None:
    cues = [
        Cue(start_ms=0, end_ms=1000, text="Hallo", speaker="Sven"),
        Cue(start_ms=1000, end_ms=2000, text="zusammen.", speaker="Sven"),
        *(cue.model_copy(update={"start_ms": 90_000, "speaker": "<i>Böse</i>"}) for cue in hostile_cues()[:1]),
    ]
    page = html.fromstring(transcripts.to_html(cues, 'de"><script>', "Folge </title><script>"))
    assert [text_of(p) for p in page.iter("p")] == ["Hallo zusammen.", HOSTILE[0]]
    assert [text_of(cite) for cite in page.iter("cite")] == ["Sven:", "<i>Böse</i>:"]
    assert [text_of(time) for time in page.iter("time")] == ["00:00:00", "00:01:30"]
    assert not list(page.iter("script"))
    assert page.findtext(".//title") == "Folge </title><script>"


def test_a_long_monologue_is_cut_into_paragraphs() -> None:
    cues = [Cue(start_ms=n * 1000, end_ms=n * 1000 + 1000, text="Wort " * 20, speaker="Sven") for n in range(20)]
    page = html.fromstring(transcripts.to_html(cues, "de", "T"))
    assert len(list(page.iter("p"))) == 3


def test_every_format_is_offered_webvtt_first_and_only_html_without_times() -> None:
    cues = hostile_cues()
    assert [(media_types.of(suffix), suffix) for suffix in transcripts.render(cues, "de", "T")] == [
        ("text/vtt", ".vtt"),
        ("application/x-subrip", ".srt"),
        ("application/json", ".json"),
        ("text/html", ".html"),
    ]
    untimed = [Cue(start_ms=0, end_ms=0, text="Hallo", speaker="Sven")]
    ((suffix, page),) = transcripts.render(untimed, "de", "T").items()
    assert suffix == ".html"
    assert b"<time" not in page


@pytest.mark.parametrize("write_as", [transcripts.to_vtt, transcripts.to_srt, transcripts.to_json])
def test_the_same_cues_give_the_same_bytes(write_as: Callable[[list[Cue]], bytes]) -> None:
    assert write_as(hostile_cues()) == write_as(hostile_cues())
