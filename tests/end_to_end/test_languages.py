"""A show in several languages, from the files to the store: added, edited by two hosts, taken away, made again."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from tests.end_to_end.conftest import FIRST, Workshop, make_tone

PUBLIC = "https://cdn.example.org/show/"
LANGUAGES = """\
languages:
  en:
    title: Two Tones
  ar:
"""
NOTES = """\
<!-- machine -->
# The first tone

What it is about.

## Links

[A source](https://www.example.org/source)
"""
TRANSCRIPT = """\
WEBVTT

00:00:01.000 --> 00:00:03.000
<v Sven>Good day.
"""
ARABIC = """\
translations:
  ar:
    title: النغمة الأولى
    summary: عن ماذا.
    audio: ar.flac
"""
CUSTOMERS = "customers: {title: Für Kunden, join: https://www.example.org/join}\n"
PAGES, SHOW = r"e/erster-ton/(?:[a-z]{2}/)?index\.html", r"(?:episodes/[a-z]{2}/)?index\.html"
NAMESPACES = {"atom": "http://www.w3.org/2005/Atom", "podcast": "https://podcastindex.org/namespace/1.0"}


def add_languages(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:\n", LANGUAGES + "store:\n")
    workshop.write(f"{FIRST}/notes.en.md", NOTES)
    workshop.write(f"{FIRST}/transcript.en.vtt", TRANSCRIPT)
    workshop.write(f"{FIRST}/chapters.en.txt", "00:00 Beginning\n00:04 Middle\n")


def publish(workshop: Workshop, *arguments: str) -> Any:
    result = workshop.run("publish", "--all", "--yes", "--json", *arguments)
    assert result.code == 0, result.err + result.out
    return result.json


def feed(files: dict[str, bytes], key: str = "feed.xml") -> Any:
    return etree.fromstring(files[key])


def addresses(files: dict[str, bytes], pages: str) -> Iterator[tuple[str, set[str]]]:
    """Every page whose key fits, and the languages that it names with their addresses."""
    for key, data in files.items():
        if re.fullmatch(pages, key):
            tree: Any = html.fromstring(data.decode())
            links = tree.xpath("//link[@hreflang!='x-default']")
            yield key, {f"{link.get('hreflang')} {link.get('href').removeprefix(PUBLIC)}" for link in links}


def test_a_language_is_added_to_a_published_episode_and_taken_away_again(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    before = published.store_files()
    add_languages(published)
    publish(published)
    added = published.store_files()
    changed = {key for key in before if added[key] != before[key] and key.startswith(("e/", "index", "listen-now"))}
    assert changed == {"e/erster-ton/index.html", "e/erster-ton/kit.html", "index.html", "listen-now.json"}
    page = added["e/erster-ton/en/index.html"].decode()
    for text in ("The first tone", "What it is about.", "Good day.", "Middle", "Translated by a machine."):
        assert text in page
    item = feed(added).find("channel/item")
    transcripts = item.findall("podcast:transcript", NAMESPACES)
    assert {transcript.get("language") for transcript in transcripts} == {"de", "en"}
    assert item.findtext("podcast:txt", None, NAMESPACES) == "machine translation: en"

    links = published.run("links", "erster-ton", "--language", "en-GB", "--at", "0:04", "--json").json
    assert links["url"] == f"{PUBLIC}e/erster-ton/en/index.html#t=4"
    assert links["embed_url"] == f"{PUBLIC}e/erster-ton/en/embed/index.html"
    assert ("Listen now!" in links["link"], "The first tone" in links["card"]) == (True, True)
    block = published.run("links", "erster-ton", "--mail", "--language", "en").out
    assert f'href="{PUBLIC}e/erster-ton/en/index.html?from=newsletter"' in block
    assert ("The first tone" in block, "Der erste Ton" in block) == (True, False)
    assert "has no pages in fr. It has some in de, en." in " ".join(
        published.run("links", "erster-ton", "--language", "fr").err.split()
    )

    other = second_host()
    other.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "title: Der erste Ton\n" + ARABIC)
    make_tone(other.path(f"{FIRST}/ar.flac"), seconds=9, pitch=210)
    publish(other)
    both = published.store_files()
    pages = dict(addresses(both, PAGES))
    own = {"de e/erster-ton/index.html", "en e/erster-ton/en/index.html", "ar e/erster-ton/ar/index.html"}
    assert pages == dict.fromkeys((name.split()[1] for name in own), own)
    shows = dict(addresses(both, SHOW))
    own = {"de index.html", "en episodes/en/index.html", "ar episodes/ar/index.html"}
    assert shows == dict.fromkeys((name.split()[1] for name in own), own)
    names_each_other(both)
    assert publish(other)["sent"]["objects"] == 0
    made_again_elsewhere(other, both)

    result = published.run("publish", "--all", "--yes", "--json")
    assert [episode["status"] for episode in result.json["episodes"]] == ["stale"], "the first host has no Arabic"
    shutil.rmtree(published.path(FIRST))
    shutil.copytree(other.path(FIRST), published.path(FIRST))
    for name in ("notes.en.md", "transcript.en.vtt", "chapters.en.txt"):
        published.path(f"{FIRST}/{name}").unlink()
    publish(published)
    after = published.store_files()
    assert b"../../../e/erster-ton/index.html" in after["e/erster-ton/en/index.html"], "the address still answers"
    assert b"../../index.html" in after["episodes/en/index.html"]
    assert {name for _, names in addresses(after, PAGES) for name in names} == {
        "de e/erster-ton/index.html",
        "ar e/erster-ton/ar/index.html",
    }
    assert json.loads(after["listen-now.json"])["articles"]["example.org/en/first-tone"][0] == "erster-ton"
    made_again_elsewhere(published, after)


def names_each_other(files: dict[str, bytes]) -> None:
    """The feeds, their items and the index of articles."""
    german, arabic = feed(files).find("channel"), feed(files, "feed.ar.xml").find("channel")
    guids = [channel.findtext("podcast:guid", None, NAMESPACES) for channel in (german, arabic)]
    assert guids[0] != guids[1]
    for channel, other, name in ((german, guids[1], "feed.ar.xml"), (arabic, guids[0], "feed.xml")):
        remote = channel.find("podcast:remoteItem", NAMESPACES)
        assert (remote.get("feedGuid"), remote.get("feedUrl")) == (other, PUBLIC + name)
        links = channel.xpath("atom:link[@rel='alternate']/@href", namespaces=NAMESPACES)
        assert links == [PUBLIC + name]
    assert arabic.findtext("language") == "ar"
    [item] = arabic.findall("item")
    assert item.findtext("guid") != german.findtext("item/guid")
    enclosure = item.find("enclosure").get("url")
    assert enclosure.removeprefix(PUBLIC) in files
    spoken = german.find("item/podcast:alternateEnclosure[@lang='ar']/podcast:source", NAMESPACES)
    assert spoken.get("uri") == enclosure
    pages = german.xpath("item/atom:link[@rel='alternate']", namespaces=NAMESPACES)
    assert {(link.get("hreflang"), link.get("href")) for link in pages} == {
        ("en", f"{PUBLIC}e/erster-ton/en/index.html"),
        ("ar", f"{PUBLIC}e/erster-ton/ar/index.html"),
    }
    articles = json.loads(files["listen-now.json"])["articles"]
    assert {name: entry[0] for name, entry in articles.items()} == {
        "example.org/erster-ton": "erster-ton",
        "example.org/en/first-tone": "erster-ton/en",
    }


def made_again_elsewhere(workshop: Workshop, files: dict[str, bytes]) -> None:
    """`rebuild` on a machine that has nothing but the records and the assets gives every page and feed, to the byte."""
    copy = workshop.folder.parent / "copy"
    for key, data in files.items():
        if key.startswith(("records/", "assets/", "audio/")):
            path = copy / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    result = workshop.run("rebuild", SENDUNG_STORE=str(copy), SENDUNG_CACHE=str(copy.parent / "empty"))
    assert result.code == 0, result.err
    made = {str(file.relative_to(copy)): file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    shutil.rmtree(copy)
    kinds = (".html", ".xml", ".json", ".js")
    wanted = {key for key in files if key.endswith(kinds) and not key.startswith(("state/", "."))}
    assert {key for key in wanted if made.get(key) != files[key]} == set()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("episodes/erster-ton/notes.en.md", "Only a text, without heading.\n", "has no title"),
        ("episodes/erster-ton/chapters.en.txt", "00:00 Beginning\n99:00 Never\n", "chapters.en.txt:2"),
        ("episodes/erster-ton/transcript.en.vtt", "nothing of the kind", "transcript.en.vtt"),
    ],
)
def test_a_mistake_in_a_translation_is_said_with_its_place(
    workshop: Workshop, name: str, text: str, words: str
) -> None:
    add_languages(workshop)
    workshop.write(name, text)
    result = workshop.run("check")
    assert result.code == 3, result.out
    assert words in result.out + result.err


def test_what_is_odd_in_a_translation_is_said_and_stops_nothing(workshop: Workshop) -> None:
    add_languages(workshop)
    workshop.write(f"{FIRST}/transcript.en.vtt", TRANSCRIPT + "\n00:00:05.000 --> 00:05:00.000\nLonger than all.\n")
    result = workshop.run("check", "--json")
    assert result.code == 0, result.out
    warnings = [problem["place"] for problem in result.json["problems"] if problem["severity"] == "warning"]
    assert "episodes/erster-ton/transcript.en.vtt:6" in warnings


def test_a_language_that_the_show_has_not_is_said_and_files_of_others_are_left_alone(workshop: Workshop) -> None:
    workshop.write(f"{FIRST}/notes.en.md", NOTES)
    assert workshop.run("check").code == 0
    entry = "translations:\n  fr: {title: Le son, summary: De quoi.}\n"
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "title: Der erste Ton\n" + entry)
    result = workshop.run("check")
    assert result.code == 3
    assert "episode.yaml:3" in result.out + result.err
    assert 'has no language "fr"' in result.out + result.err


def test_records_of_before_have_no_word_of_languages(published: Workshop) -> None:
    for key, data in published.store_files().items():
        if key.startswith("records/"):
            assert not re.search(rb'"(translations|languages|former_languages|feed_key)"', data)
    assert Path(published.path("public/feed.xml")).read_bytes().count(b"remoteItem") == 0


@pytest.mark.parametrize(
    ("languages", "entry", "words"),
    [
        ("[de]", "", 'show.yaml:14:1: "de" is a language that the show already has'),
        ("[en, EN]", "", '"EN" is a language that the show already has'),
        ("en", "", 'Write "languages: [en]"'),
        ("[en]", "translations: {en: {titel: x, summary: y}}\n", 'Did you mean "title"?'),
        ("[en]", "translations: {en: {zzz: x}}\n", "The keys here are title, summary, notes"),
        ("[en]", "translations: {en: }\n", "the translation into en has no title"),
    ],
)
def test_a_mistake_in_languages_is_said_with_what_to_do(
    workshop: Workshop, languages: str, entry: str, words: str
) -> None:
    workshop.edit("show.yaml", "store:\n", f"languages: {languages}\nstore:\n")
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "title: Der erste Ton\n" + entry)
    result = workshop.run("check")
    assert result.code == 3, result.out
    assert words in " ".join(result.err.split())


def test_what_is_in_no_translation_or_no_language_is_told(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:\n", "languages: [xx]\nstore:\n")
    workshop.write(f"{FIRST}/notes.en.md", NOTES)
    workshop.write(f"{FIRST}/notes.en.draft.md", NOTES)
    result = workshop.run("check", "--json")
    assert result.code == 0, result.out
    told = {problem["message"]: problem["severity"] for problem in result.json["problems"]}
    assert told['No language is known as "xx".'] == "warning"
    assert told['notes.en.md is not published: there is no translation into "en".'] == "warning"
    assert told["notes.en.draft.md is a draft, and is not published."] == "note"
    assert len([message for message in told if "is not published:" in message]) == 1


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["audio.en.wav"], 'audio.en.wav is not published: there is no translation into "en". Write a title'),
        (["notes.de.md"], "It is the show's own language: name it notes.md."),
        (["notes.EN.md"], "Name it notes.en.md."),
        (["notes.en.md", "chapters.en.txt", "chapters.en.json"], "is not published: chapters.en.txt is. Keep one"),
    ],
)
def test_a_file_for_a_language_that_is_not_published_is_told(workshop: Workshop, names: list[str], words: str) -> None:
    workshop.edit("show.yaml", "store:\n", LANGUAGES + "store:\n")
    for name in names:
        workshop.write(f"{FIRST}/{name}", NOTES if "notes" in name else "00:00 Beginning\n")
    result = workshop.run("check")
    assert (result.code, words in " ".join(result.err.split())) == (0, True), result.err


def test_a_title_that_no_feed_can_carry_is_a_mistake_in_its_file(workshop: Workshop) -> None:
    add_languages(workshop)
    workshop.write(f"{FIRST}/notes.en.md", "# A\x07b\n\nText.\n")
    result = workshop.run("check")
    assert (result.code, "notes.en.md: the title has a character" in result.err) == (3, True)


@pytest.mark.parametrize("way", ["withdrawn", "for customers", "without audio"])
def test_a_feed_in_a_language_keeps_nothing_of_an_episode_that_left_it(workshop: Workshop, way: str) -> None:
    """It stays for those who subscribed to it, empty; nothing names it, and it names no other."""
    add_languages(workshop)
    workshop.write("show.yaml", workshop.path("show.yaml").read_text("utf-8") + CUSTOMERS)
    assert workshop.run("customers", "key", "new").code == 0
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "title: Der erste Ton\n" + ARABIC)
    make_tone(workshop.path(f"{FIRST}/ar.flac"), seconds=9, pitch=210)
    publish(workshop)
    before = feed(workshop.store_files(), "feed.ar.xml")
    assert len(before.findall("channel/item")) == 1
    if way == "withdrawn":
        assert workshop.run("withdraw", "erster-ton", "--yes").code == 0
    elif way == "for customers":
        workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "for: customers\ntitle: Der erste Ton\n")
        publish(workshop, "--override", "erster-ton")
    else:
        workshop.edit(f"{FIRST}/episode.yaml", "    audio: ar.flac\n", "")
        publish(workshop)
    files = workshop.store_files()
    left = feed(files, "feed.ar.xml").find("channel")
    assert (left.findall("item"), left.findall("podcast:remoteItem", NAMESPACES)) == ([], [])
    assert left.findtext("podcast:guid", None, NAMESPACES) == before.findtext("channel/podcast:guid", None, NAMESPACES)
    for key in ("feed.xml", "feed.ar.xml"):
        assert (b"/feed.ar.xml" in files[key], "النغمة".encode() in files[key]) == (key == "feed.ar.xml", False)
    if way == "withdrawn":
        made_again_elsewhere(workshop, files)


def test_a_newsletter_has_the_shows_title_in_its_language_and_each_episode_once(workshop: Workshop) -> None:
    add_languages(workshop)
    publish(workshop)
    letter = workshop.run("newsletter", "erster-ton", "erster-ton", "--language", "en", "--json").json
    assert (letter["subject"], letter["episodes"]) == ("Two Tones: The first tone", ["erster-ton"])
    assert letter["untranslated"] == []
    words = "erster-ton has no translation into that language: the mail has it as it is."
    assert words in workshop.run("newsletter", "erster-ton", "--language", "fr").out
    assert words in workshop.run("links", "erster-ton", "--mail", "--language", "fr").err


def test_a_newsletter_is_for_readers_of_a_language_that_there_is(published: Workshop) -> None:
    wrong = published.run("newsletter", "erster-ton", "--language", "e n")
    assert (wrong.code, 'No language is known as "e n"' in wrong.err) == (2, True)
    since = published.run("newsletter", "--since", "foo")
    assert (since.code, "--since is no date: foo." in since.err) == (2, True)
    block = published.run("links", "erster-ton", "--mail", "--at", "0:04")
    assert (block.code, "takes neither --at nor --qr" in block.err) == (2, True)
    clip = published.run("clip", "erster-ton", "--for", "3", "--out", "/proc/clips")
    assert (clip.code, "/proc/clips cannot be written" in clip.err) == (2, True)
