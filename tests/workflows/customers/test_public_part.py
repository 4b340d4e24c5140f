"""Episodes that go on for customers: what the public gets, and that it holds nothing from behind the cut."""

from __future__ import annotations

import io
import json
import re
import shutil
from typing import Any

import mutagen.id3
import pytest
from lxml import etree, html

from sendung.cli.output import outcome_document
from sendung.config.show import load_show
from sendung.core.errors import ConfigError, UsageError, merge
from sendung.net import NetPolicy
from sendung.records import EpisodeRecord
from sendung.workflows.check.lint import check_drafts
from sendung.workflows.history.rollback import roll_back, withdraw
from sendung.workflows.links import links_of
from sendung.workflows.newsletter import newsletter_about
from sendung.workflows.pull import find_pulls, write
from tests.end_to_end.conftest import FIRST

from .conftest import BEHIND, CUSTOMERS, CUT, Studio, texts_of

INVITATION = "Für unsere Kunden geht es an dieser Stelle noch weiter."
JOIN = "https://www.example.org/anmelden"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def record_of(studio: Studio, number: int = 1) -> EpisodeRecord:
    objects = studio.objects()
    [key] = [key for key in objects if re.fullmatch(rf"records/(?!show)[^/]+/{number:06}.json", key)]
    return EpisodeRecord.model_validate_json(objects[key])


def frames_of(mp3: bytes) -> bytes:
    return mp3[mutagen.id3.ID3(io.BytesIO(mp3)).size :]


def test_no_public_object_holds_a_word_or_a_second_from_behind_the_cut(studio: Studio) -> None:
    objects, public = studio.objects(), studio.public()
    for key, data in public.items():
        text = texts_of(key, data)
        assert not [word for word in BEHIND if word in text], key
        assert "records/customers" not in text, key
    record = record_of(studio)
    assert record.format == 3, "an older version refuses it"
    assert record.whole is not None
    assert record.episode.audio.duration_s == pytest.approx(5.4, abs=0.06)
    assert record.whole.audio.duration_s == pytest.approx(8, abs=0.1)
    assert [chapter.title for chapter in record.whole.chapters][-1] == "Kundenkapitel"
    assert record.episode.transcript is not None
    assert [cue.text for cue in record.episode.transcript.cues] == ["Guten Tag an alle."]
    [audio] = [data for key, data in public.items() if key.endswith(".mp3")]
    whole = objects[record.whole.audio.asset.key]
    assert "Kundenkapitel" in texts_of("whole.mp3", whole)
    one, both = (frames_of(mp3)[417:] for mp3 in (audio, whole))
    same = next(at for at, (public_byte, byte) in enumerate(zip(one, both, strict=False)) if public_byte != byte)
    assert 4.9 * 96_000 / 8 < same < 5 * 96_000 / 8


def test_the_public_is_told_that_it_goes_on_for_customers(studio: Studio) -> None:
    public = studio.public()
    for key in ("feed.xml", "e/erster-ton/index.html"):
        text = public[key].decode()
        assert "Für unsere Kunden geht es an dieser Stelle noch weiter." in text
        assert '<a href="https://www.example.org/anmelden"' in text
    assert etree.fromstring(public["feed.xml"]).findtext(f".//item/{ITUNES}duration") == "5"


def test_an_article_that_cannot_be_reached_is_told_once(studio: Studio) -> None:
    studio.edit("https://www.example.org/", "http://127.0.0.1/")
    studio.options["policy"] = NetPolicy()
    assert studio.publish().error is None
    told = [warning for warning in studio.heard.words if "The card of the article" in warning]
    assert ["127.0.0.1/erster-ton" in warning for warning in told] == [True, False], told


def test_publishing_again_sends_nothing(studio: Studio) -> None:
    assert studio.publish().error is None
    before = studio.objects()
    assert studio.publish().error is None
    assert studio.objects() == before


def test_what_is_public_is_taken_from_the_public_only_if_that_is_meant(studio: Studio) -> None:
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    assert studio.publish("zweiter-ton").error is None
    studio.edit(CUT, "for: customers")
    refused = studio.publish().error
    assert refused is not None
    assert "--override erster-ton" in refused.problems[0].hint
    assert studio.publish(override=("erster-ton",)).error is None
    assert any("apps keep what they have" in warning for warning in studio.heard.words)
    public = studio.public()
    assert b"erster" not in public["feed.xml"]
    assert b"Diese Folge gibt es nicht mehr" in public["e/erster-ton/index.html"]
    pages = {key: data for key, data in public.items() if not key.startswith(("audio/", "assets/"))}
    assert not [key for key, data in pages.items() if "Der erste Ton" in texts_of(key, data)]
    with pytest.raises(Exception, match="is for customers"):
        links_of(studio.store, studio.cache, "erster-ton", studio.run().clock())
    studio.edit("for: customers", CUT)
    assert studio.publish(override=("erster-ton",)).error is None
    assert b"Der erste Ton" in studio.public()["feed.xml"]


def test_an_episode_that_was_never_public_leaves_no_trace_there(studio: Studio) -> None:
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    studio.edit("audio:", "for: customers\naudio:", "episodes/zweiter-ton/episode.yaml")
    before = studio.public()
    outcome = studio.publish("zweiter-ton")
    assert outcome.error is None
    assert outcome.episodes[0].status == "published"
    assert studio.public() == before
    assert studio.publish("zweiter-ton").episodes[0].status == "unchanged"


def test_the_listen_page_offers_customers_what_goes_on(studio: Studio) -> None:
    page: Any = html.fromstring(studio.public()["e/erster-ton/index.html"])
    [offer] = page.find_class("customers")
    assert "Für unsere Kunden geht es an dieser Stelle noch weiter." in offer.text_content()
    assert [(a.text, a.get("href")) for a in offer.iter("a")] == [("Jetzt anmelden!", JOIN)]
    studio.edit(CUT + "\n", "")
    studio.edit("customers_notes: kunden.md\n", "")
    assert studio.publish(override=("erster-ton",)).error is None
    assert b"customers" not in studio.public()["e/erster-ton/index.html"].split(b"</style>")[1]


def test_a_teaser_tells_of_an_episode_for_customers_and_gives_nothing_of_it(studio: Studio) -> None:
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    draft = "episodes/zweiter-ton/episode.yaml"
    before = studio.public()
    studio.edit("audio:", "for: customers\nteaser: true\naudio:", draft)
    outcome = studio.publish("zweiter-ton")
    assert outcome.error is None
    assert (
        outcome_document(outcome, [])["episodes"][0]["listen_url"]
        == "https://cdn.example.org/show/e/zweiter-ton/index.html"
    )
    after = studio.public()
    changed = {key for key in after if before.get(key) != after[key]}
    pages = {"e/zweiter-ton/index.html", "index.html"}
    assert changed == {*pages, "listen-now.js", "listen-now.json"}, "no feed, no file, no other page"
    entry = ["zweiter-ton", "Für Kunden (1 Min.)", "Der zweite Ton", "de"]
    assert json.loads(after["listen-now.json"])["articles"]["customers example.org/zweiter-ton"] == entry
    place = (studio.store, studio.cache)
    with pytest.raises(UsageError, match="zweiter-ton is for customers") as caught:
        links_of(*place, "zweiter-ton", studio.run().clock())
    assert "https://cdn.example.org/show/e/zweiter-ton/index.html" in caught.value.problems[0].hint
    with pytest.raises(UsageError, match="zweiter-ton is not public") as caught:
        newsletter_about(*place, ["zweiter-ton"], studio.run().clock())
    assert "It is for customers" in caught.value.problems[0].hint
    page = after["e/zweiter-ton/index.html"].decode()
    for words in ("Der zweite Ton", "Worum es geht.", "Für Kunden", JOIN, "https://www.example.org/zweiter-ton"):
        assert words in page, words
    for words in ("<audio", "Hallo.", "Mitte", ".mp3", "records/", "customers/"):
        assert words not in page, words
    assert '<a href="e/zweiter-ton/index.html">Der zweite Ton</a>' in after["index.html"].decode()
    assert studio.publish("zweiter-ton").episodes[0].status == "unchanged"
    studio.edit("teaser: true\n", "", draft)
    assert studio.publish("zweiter-ton").error is None
    last = studio.public()
    assert b"Diese Folge gibt es nicht mehr" in last["e/zweiter-ton/index.html"]
    assert {last[name] == before[name] for name in ("index.html", "listen-now.js", "listen-now.json")} == {True}


def test_a_teaser_moves_goes_and_becomes_the_episode(studio: Studio) -> None:
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    draft = "episodes/zweiter-ton/episode.yaml"
    studio.edit("audio:", "for: customers\nteaser: true\naudio:", draft)
    assert studio.publish("zweiter-ton").error is None
    withdraw("zweiter-ton", studio.run(), delete_audio=False)
    assert b"Der zweite Ton" not in studio.public()["e/zweiter-ton/index.html"]
    roll_back("zweiter-ton", None, studio.run())
    assert b"Der zweite Ton" in studio.public()["e/zweiter-ton/index.html"]
    studio.edit("for: customers\nteaser: true\n", "", draft)
    assert studio.publish("zweiter-ton").error is None
    public = studio.public()
    assert b"<audio" in public["e/zweiter-ton/index.html"]
    assert b"zweiter-ton" in public["feed.xml"]
    assert "Für Kunden" not in public["index.html"].decode()


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ('customers_from: "0:09"', "episode.yaml:7:1: The public's part would end at 00:00:09, of 00:00:08."),
        (f"{CUT}\nfor: customers", '7:1: "customers_from" is of no use where all is for customers.'),
        (f"{CUT}\nmaster: false", "7:1: A finished file is not cut."),
        (f"{CUT}\nnotes: |\n  0:00 Gruß\n  0:06 Quitten", "8:1: The notes name 00:00:06, which is behind the end"),
        ("for: all", '"for" must be'),
        ("teaser: true", '7:1: "teaser" is of use only where all is for customers.'),
        (f"{CUT}\nteaser: true", '8:1: "teaser" is of use only where all is for customers.'),
    ],
)
def test_what_does_not_fit_together_is_one_sentence_at_its_line(studio: Studio, new: str, message: str) -> None:
    studio.edit(CUT, new)
    assert message in check(studio)


def test_a_translation_tells_nothing_from_behind_the_cut(studio: Studio) -> None:
    studio.edit("store:\n", "languages: {en: {}}\nstore:\n", "show.yaml")
    studio.edit("audio:", "translations: {en: {title: The first tone, summary: What it is about.}}\naudio:")
    captions = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello all.\n\n00:06.500 --> 00:07.000\nSecretword.\n"
    (studio.folder / FIRST / "transcript.en.vtt").write_text(captions, "utf-8")
    outcome = studio.publish()
    assert outcome.error is None, outcome.error
    texts = {key: texts_of(key, data) for key, data in studio.public().items()}
    assert any("Hello all." in text for text in texts.values())
    assert not [key for key, text in texts.items() if "Secretword" in text or "Geheimwissen" in text]
    shutil.copy(studio.folder / FIRST / "audio.flac", studio.folder / FIRST / "audio.en.flac")
    assert "The recording in en would be public as a whole" in check(studio)


def test_what_is_pulled_has_each_text_in_the_file_that_it_was_in(studio: Studio) -> None:
    studio.edit("summary:", "notes: notes.md\nsummary:")
    studio.write("notes.md", "# Für alle\n\nErster Absatz.\n\nZweiter Absatz.\n")
    studio.write("kunden.md", "Für Kunden.\n\nUnd noch etwas.\n")
    assert studio.publish().error is None
    told = studio.public()["feed.xml"].decode().count(INVITATION)
    other = studio.other()
    folder = other.folder / FIRST
    kept = {name: (folder / name).read_bytes() for name in ("notes.md", "kunden.md")}
    shutil.rmtree(folder)
    [pull] = find_pulls(["erster-ton"], load_show(other.folder), other.run())
    write(pull)
    assert pull.missing == ("audio.flac",)
    assert {name: (folder / name).read_bytes() for name in kept} == kept
    assert "Quittengelee" in (folder / "transcript.vtt").read_text("utf-8"), "customers' part is in the draft"
    shutil.copy(studio.folder / FIRST / "audio.flac", folder)
    assert other.publish().episodes[0].status == "unchanged"
    other.edit("Worum es geht.", "Worum es wirklich geht.")
    assert other.publish().error is None
    assert other.public()["feed.xml"].decode().count(INVITATION) == told


def test_the_public_part_has_no_opus_file_and_that_is_one_sentence(studio: Studio) -> None:
    studio.edit("store:\n", "audio: {also: opus}\nstore:\n", "show.yaml")
    studio.edit("title: Der erste Ton", "title: Der allererste Ton")
    assert studio.publish().error is None
    assert (
        sum("The public's part has no Opus file, for only MP3 can be cut." in told for told in studio.heard.words) == 1
    )
    assert not [key for key in studio.public() if key.endswith(".opus")]
    record = record_of(studio, 2)
    assert len(record.episode.audio.renditions) == 1
    assert record.whole is not None
    assert [rendition.asset.media_type for rendition in record.whole.audio.renditions][1:] == ["audio/ogg; codecs=opus"]
    assert b"opus" not in studio.public()["feed.xml"]


def test_only_mp3_is_cut_and_only_where_the_show_has_customers(studio: Studio) -> None:
    studio.edit("store:\n", "audio: {format: m4a}\nstore:\n", "show.yaml")
    assert "7:1: Only MP3 can be cut." in check(studio)
    studio.edit(CUSTOMERS, "", "show.yaml")
    assert '7:1: "customers_from" is for customers, and the show has none.' in check(studio)


def check(studio: Studio) -> str:
    """What is wrong with the draft."""
    try:
        report = check_drafts([studio.folder / FIRST], load_show(studio.folder))
    except ConfigError as error:
        return str(error)
    return str(merge(report.errors)) if report.errors else ""
