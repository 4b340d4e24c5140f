"""What becomes of feeds with the properties that publishers reported: each value as it is right, or said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sendung import rules
from sendung.config.document import load_yaml, validate
from sendung.config.episode import EpisodeFile
from sendung.core.errors import RulesError
from sendung.core.progress import Silent
from sendung.feed import read as read_feed
from sendung.media.notes import feed_html, plain_text
from sendung.workflows.importer import Imported, ImportOptions, import_show
from tests.workflows.importer.conftest import CASES, NOW, put_cases
from tests.workflows.importer.old_host import OldHost, Reply
from tests.workflows.importer.test_hosts import episode_of, show_of, warnings_of

Case = Callable[..., Imported]


def by_title(done: Imported) -> dict[str, Any]:
    return {episode.title: episode_of(done, episode.slug) for episode in done.episodes}


def date_of(values: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(values["date"])


DATES = {
    "D01": "2024-01-10 10:10:00",
    "D05": "2024-01-10 20:19:00",
    "D07": "2024-01-10 20:19:00",
    "D09": "2023-04-01 03:19:00",
    "D11": "2017-12-22 14:09:00",
    "D13": "2018-04-08 22:00:00",
    "D15": "2020-04-01 22:00:00",
    "D17": "2016-02-17 03:16:00",
    "D19": "2020-11-08 21:20:00",
    "D21": "2020-11-05 23:00:00",
    "D23": "2020-11-16 13:16:28",
    "D25": "2022-09-26 00:00:00",
    "D27": "2024-03-05 05:00:00",
    "D29": "2024-03-05 05:00:00",
    "D31": "2024-01-10 06:00:00",
    "D33": "2024-01-10 06:00:00",
    "D35": "2024-01-09 22:00:00",
    "D37": "2024-01-10 18:00:00",
    "D41": "2024-01-10 06:00:00",
    "D43": "2024-01-10 06:00:00",
    "D45": "2024-01-10 05:00:00",
    "D47": "2024-01-10 05:00:00",
}
"""What can be read of the case, in UTC."""


def test_dates(case: Case) -> None:
    done = case("dates/feed")
    dates = {title: date_of(values).astimezone(UTC).replace(microsecond=0) for title, values in by_title(done).items()}
    assert {title: f"{dates[title]:%Y-%m-%d %H:%M:%S}" for title in DATES} == DATES
    said = warnings_of(done)
    unread = re.findall(r"“(D\d\d)” has no date that can be read", said)
    assert unread == ["D03", "D39", "D49", "D51"]
    assert "“D33” says “Wed, 10 Jan 2024 06:00:00 IST”: “IST” is no zone" in said
    assert not [date for title, date in dates.items() if date.year in (1900, 2001) and title not in unread]


def test_dates_without_a_zone_are_told(case: Case) -> None:
    said = warnings_of(case("dates/feed"))
    assert "4 dates name no time zone; they were taken for the time in Europe/Berlin." in said


def test_guids_are_kept_to_the_letter_through_yaml_and_config(case: Case) -> None:
    text = (CASES / "guids/feed.xml").read_text("utf-8")
    guids = [unescape(guid) for guid in re.findall(r"<guid[^>]*>([^<]*)</guid>", text)]
    done = case("guids/feed")
    documents = [load_yaml(done.folder / "episodes" / episode.slug / "episode.yaml") for episode in done.episodes]
    assert {validate(document, EpisodeFile).guid for document in documents} == set(guids)
    assert len(documents) == len(guids) == 51
    assert {episode.status for episode in case("guids/feed").episodes} == {"there"}


def test_a_guid_with_a_line_break_is_kept(case: Case, old_host: OldHost) -> None:
    text = (CASES / "guids/feed.xml").read_text("utf-8")
    put_cases(old_host)
    old_host.files["/cases/guids/broken.xml"] = text.replace(">0123<", ">eins\nzwei &#13; drei<").encode()
    guids = {validate(load_yaml(file), EpisodeFile).guid for file in written(case("guids/broken"))}
    assert "eins\nzwei \r drei" in guids


def test_of_two_items_with_one_guid_the_second_is_named_unless_it_is_the_same(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/default-namespace/empty.xml"].decode()
    first = feed[feed.index("<item>") : feed.index("</item>") + 7]
    again = first + first.replace("Nummer 1", "Nummer 1, neu erzählt,")
    old_host.files["/cases/twice.xml"] = feed.replace("</channel>", again + "</channel>").encode()
    done = case("twice")
    name = "“Folge Nummer 1, neu erzählt, vom Kanal”"
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]
    assert f"{name} was left out: an item before it has the same GUID." in warnings_of(done)
    assert [(loss.value, loss.guid) for loss in done.losses if loss.tag == "item"] == [(name, "case-1")]


def written(done: Imported) -> list[Path]:
    return sorted(done.folder.glob("episodes/*/episode.yaml"))


def test_a_namespace_on_rss_itself_hides_nothing(case: Case) -> None:
    for name in ("empty", "harvard", "itemns"):
        done = case(f"default-namespace/{name}")
        assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]


def test_a_feed_without_items_is_no_success(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    whole = old_host.files["/cases/default-namespace/empty.xml"]
    old_host.files["/cases/none.xml"] = whole[: whole.index(b"<item>")] + b"</channel></rss>"
    with pytest.raises(RulesError, match="has no items"):
        case("none")


def test_items_in_other_places_are_read_and_named(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    whole = old_host.files["/cases/default-namespace/empty.xml"].replace(b"</channel>", b"")
    outside = whole.replace(b"<item>", b"</channel><item>", 1)
    old_host.files["/cases/outside.xml"] = outside
    done = case("outside")
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]
    assert "“Folge Nummer 1 vom Kanal” stands outside of the channel" in warnings_of(done)


def test_markup_that_is_not_masked_keeps_text_links_and_breaks(case: Case) -> None:
    done = case("prefixes/br")
    assert [episode.title for episode in done.episodes] == [
        "Folge Nummer 1 vom Kanal",
        "Die wilde Fahrt",
        "Abc d & e f",
    ]
    first, _, third = by_title(done).values()
    assert first["summary"] == "Titel eins Titel zwei Titel drei"
    assert third["summary"] == "Vorn mitte hinten"
    done = case("prefixes/xhtml", into="xhtml")
    first, second, third = by_title(done).values()
    assert (first["summary"], second["summary"], third["summary"]) == (
        "Ein guter Absatz.",
        "Absatz mit Link ohne Maske.",
        "Nur hier.",
    )
    notes = notes_of(done)
    assert notes["case-2"] == "Absatz mit [Link](https://a.example.com/) ohne Maske."


def test_a_section_that_was_masked_is_no_text(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/default-namespace/empty.xml"]
    masked = b"<description>&lt;![CDATA[&lt;p&gt;Eins&lt;/p&gt;&lt;p&gt;Zwei&lt;/p&gt;]]&gt;</description>"
    old_host.files["/cases/masked.xml"] = feed.replace(b"<guid", masked + b"<guid", 1)
    assert by_title(case("masked"))["Folge Nummer 1 vom Kanal"]["summary"] == "Eins Zwei"


@pytest.mark.parametrize("name", ["cp1252-as-latin1", "utf8bom-newline"])
def test_encodings_are_read_as_browsers_read_them(case: Case, name: str) -> None:
    done = case(f"encodings/{name}")
    assert [episode.title for episode in done.episodes] == ["Über Grünkohl – „heiß“ für 3 €"]
    assert show_of(done)["title"] == "Grüße – Süd"


def test_labels_of_encodings_are_those_of_the_web(case: Case) -> None:
    assert [episode.title for episode in case("encodings/e-utf8").episodes] == ["ä"]
    assert [episode.title for episode in case("encodings/e-gb2312", into="gb").episodes] == ["播客的故事"]


def test_the_content_type_says_the_encoding_where_the_feed_does_not(case: Case, old_host: OldHost) -> None:
    with pytest.raises(RulesError, match="but it is not"):
        case("encodings/nodecl-1251")

    def header(_method: str, reply: Reply) -> None:
        reply.headers["Content-Type"] = "text/xml; charset=windows-1251"

    old_host.faults["/cases/encodings/nodecl-1251.xml"] = header
    assert [episode.title for episode in case("encodings/nodecl-1251").episodes] == ["Подкаст"]


JUNK = {
    "amp": "Line 19: a bare “&” stands here; it was read as &amp;.",
    "ctrl": "Line 19: the control character U+000B stands here, and at 2 more places; it was left out.",
    "text-after": "Line 34: “bye” stands behind </rss>; it was left out.",
    "two-channels": "Line 32: a second channel, “Zweite Schau”, with 1 items, was left out.",
}


@pytest.mark.parametrize("name", JUNK)
def test_a_feed_that_is_almost_xml_is_read_and_what_was_wrong_is_said(case: Case, name: str) -> None:
    done = case(f"junk/{name}")
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]
    assert JUNK[name] in warnings_of(done)


def test_check_says_what_is_wrong_with_a_feed_that_is_almost_xml() -> None:
    for name in ("amp", "ctrl", "text-after"):
        with pytest.raises(RulesError) as caught:
            read_feed((CASES / f"junk/{name}.xml").read_bytes())
        assert [problem.message.rstrip(".") for problem in caught.value.problems] == [JUNK[name].split("; ")[0]]
    feed = read_feed((CASES / "junk/two-channels.xml").read_bytes())
    findings = {finding.rule: finding.message for finding in rules.check(feed)}
    assert findings["rss-channel"] == "A second channel, “Zweite Schau”, stands in the feed."


def notes_of(done: Imported) -> dict[str, str]:
    """The notes of each episode that has some, by GUID."""
    files = {episode.guid: done.folder / "episodes" / episode.slug / "notes.md" for episode in done.episodes}
    return {guid: file.read_text("utf-8").strip() for guid, file in files.items() if file.exists()}


def losses_of(done: Imported, guid: str = "") -> dict[tuple[str, str], str]:
    """What is not kept of an item, or of the show: tag and value to why."""
    return {(loss.tag, loss.value): loss.why for loss in done.losses if loss.guid == guid}


def test_what_a_file_is_the_file_says(case: Case, old_host: OldHost, stock: dict[str, bytes]) -> None:
    [m4a] = [data for name, data in stock.items() if name.endswith(".m4a")]
    audio = {"ohneendung": stock["/audio/eins.mp3"], "4.m4a": m4a, "5.opus": stock["/audio/eins.mp3"]}
    old_host.files |= {f"/cases/audio/{name}": data for name, data in audio.items()}
    done = case("enclosures/types", audio=True)
    assert done.error is None
    assert {episode.guid for episode in done.episodes} == {f"case-{number}" for number in (*range(1, 6), *range(8, 13))}
    for number in (6, 7, 13):
        assert f"“Folge Nummer {number} vom Kanal” was left out: its enclosure is no audio file (a playlist)." in (
            warnings_of(done)
        )
    audio_names = {values["title"].split()[2]: values["audio"] for values in by_title(done).values()}
    assert audio_names == {
        **dict.fromkeys("1234589", "audio.mp3"),
        "10": "audio.m4a",
        "11": "audio.mp3",
        "12": "audio.mp3",
    }


def test_of_several_enclosures_what_plays_everywhere_is_taken(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/default-namespace/empty.xml"]
    opus = f'<enclosure url="{old_host.url}/cases/audio/1.opus" length="1" type="audio/opus"/>'
    video = f'<enclosure url="{old_host.url}/cases/audio/1.mp4" length="1" type="video/mp4"/>'
    old_host.files["/cases/several.xml"] = feed.replace(b"<enclosure", f"{opus}{video}<enclosure".encode(), 1)
    done = case("several", audio=True)
    assert done.error is None
    losses = losses_of(done, "case-1")
    assert losses[("enclosure@url", f"{old_host.url}/cases/audio/1.mp4")] == "no audio file (video/mp4)"
    assert "an episode has one audio file" in losses[("enclosure@url", f"{old_host.url}/cases/audio/1.opus")]
    files = [file.name for file in done.folder.rglob("audio.*")]
    assert files == ["audio.mp3", "audio.mp3"]


def test_a_dead_prefix_falls_back_to_what_it_leads_to(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/default-namespace/empty.xml"]
    target = f"{old_host.url}/cases/audio/1.mp3?n=1"
    for prefix in (f"{old_host.url}/dead.mp3/{target}", f"{old_host.url}/dead?u={quote(target, safe='')}"):
        old_host.files["/cases/prefix.xml"] = feed.replace(target.encode(), prefix.encode())
        done = case("prefix", audio=True, into=f"show-{len(prefix)}")
        assert done.error is None, prefix


def test_references_are_decoded_a_second_time_only_where_they_end(case: Case) -> None:
    done = case("text/feed")
    titles = {episode.guid: episode.title for episode in done.episodes}
    assert titles["case-1"] == "AT&T “heute” &amp; morgen"
    assert titles["case-2"] == "news&notes und pop&region, R&B, black&current"
    assert titles["case-5"] == "Q&A: Was ist <br>?"
    assert titles["case-6"] == "Viel Leerraum hier"
    slugs = {episode.guid: episode.slug for episode in done.episodes}
    assert slugs["case-2"] == "news-und-notes-und-pop-und-region-r-und-b-black-und-current"
    values = {values["guid"]: values for values in by_title(done).values()}
    assert (
        "?id=1&region=eu&currency=eur&param=2&copy=3&section=4&notify=5&order=6&times=7&lt=8"
        in values["case-1"]["summary"]
    )
    assert values["case-2"]["summary"].endswith("Absatz zwei mit <spitzen> Klammern & mehr; 3 < 5 > 2")
    assert values["case-5"]["summary"] == "Doppelt & maskiert"
    assert values["case-9"]["summary"] == "Umlaut ü …"
    notes = notes_of(done)
    shown = feed_html(notes["case-3"])
    assert 'href="https://shop.example.com/?a=1&amp;region=de&amp;copy=2&amp;param=3"' in shown
    assert "nackt https://shop.example.com/?a=1&amp;region=de&amp;copy=2" in shown
    assert "a | b" not in notes["case-10"]
    assert "tief" in notes["case-6"]


def test_sections_part_words_in_summary_and_notes(case: Case) -> None:
    done = case("divs/feed")
    values = {values["guid"]: values for values in by_title(done).values()}
    assert values["case-1"]["summary"] == "Zeile eins Zeile zwei Zeile drei"
    assert values["case-2"]["summary"] == "Absatz Innen Aussen Zitat Danach"
    assert values["case-3"]["summary"] == "Zeit | Thema 00:10 | Anfang"
    assert values["case-5"]["summary"] == "Vor Nach Titel Text Begriff Erklärung"
    for guid, text in notes_of(done).items():
        assert plain_text(feed_html(text)).split() == values[guid]["summary"].split(), guid


@pytest.mark.parametrize(
    ("name", "tag", "written"), [("utf", "de-DE", ""), ("deutsch", "de", "Deutsch"), ("none", "en", "nothing")]
)
def test_what_is_no_language_is_said_and_left_as_a_comment(case: Case, name: str, tag: str, written: str) -> None:
    done = case(f"language/{name}")
    assert show_of(done)["language"] == tag
    text = (done.folder / "show.yaml").read_text("utf-8")
    assert (f"# The old feed says {written}:" in text) == bool(written)
    assert (f"The feed says {written} for its language" in warnings_of(done)) == bool(written)


def test_further_categories_are_said_and_left_as_a_comment(case: Case) -> None:
    done = case("categories/two")
    assert show_of(done)["category"] == ["Technology"]
    assert "# The old feed has also: News > Tech News; Comedy." in (done.folder / "show.yaml").read_text("utf-8")
    assert {value for tag, value in losses_of(done) if tag == "itunes:category"} == {"News > Tech News", "Comedy"}


def test_numbers_that_cannot_be_kept_are_said_and_left_as_a_comment(case: Case) -> None:
    done = case("numbers/feed")
    values = {values["guid"]: values for values in by_title(done).values()}
    numbers = {guid: (item.get("number"), item.get("season")) for guid, item in values.items()}
    assert [numbers[f"case-{number}"] for number in range(1, 13)] == [
        *((None, None), (None, 1), (None, None), (7, 2), (3, None), (12, None), (14, None), (15, None)),
        *((None, None), (None, None), (None, None), (None, None)),
    ]
    assert {("itunes:episode", "0"), ("itunes:season", "0")} <= set(losses_of(done, "case-1"))
    assert {("podcast:episode", "12.5"), ("podcast:episode@display", "Folge 12½")} <= set(losses_of(done, "case-2"))
    assert ("itunes:episode", "S3E1") in losses_of(done, "case-3")
    assert {("podcast:season", "0"), ("podcast:season@name", "Specials")} <= set(losses_of(done, "case-5"))
    assert losses_of(done, "case-8")[("podcast:episode", "16")] == "the episode is 15 already"
    assert ("itunes:episode", "-1") in losses_of(done, "case-9")
    assert ("itunes:episodeType", "special") in losses_of(done, "case-10")
    assert ("podcast:season@name", "Weihnachten") in losses_of(done, "case-11")
    assert ("itunes:episode", "1234567890123") in losses_of(done, "case-12")
    text = (done.folder / "episodes/folge-nummer-2-vom-kanal/episode.yaml").read_text("utf-8")
    assert "#   podcast:episode “12.5”: only whole numbers from 1 can be kept" in text
    assert values["case-5"]["number_label"] == "Sonderfolge"
    assert show_of(done)["feed"]["seasons"] == {1: "Die Anfänge"}
    assert not [loss for loss in done.losses if loss.value == "Die Anfänge"]


def test_good_chapters_are_kept_and_bad_ones_named(case: Case) -> None:
    done = case("chapters/feed", audio=True)
    assert done.error is None
    chapters = {values["guid"]: values.get("chapters", []) for values in by_title(done).values()}
    titles = {guid: [chapter["title"] for chapter in listed] for guid, listed in chapters.items()}
    assert titles["case-1"] == ["Nicht bei null"]
    assert titles["case-2"] == ["Null"]
    assert losses_of(done, "case-1")[("chapter", "00:00:09 Zweites")] == "the audio ends at 00:00:03"
    assert losses_of(done, "case-2")[("psc:chapter", "PT14S ISO")] == "its time cannot be read"
    assert losses_of(done, "case-2")[("psc:chapter", "00:00:18")] == "it has no title"
    assert titles["case-3"] == ["Dann früh"]
    assert titles["case-7"] == ["Eins"]
    lost = losses_of(done, "case-7")
    assert ("podcast:chapters", '{"startTime": "abc", "title": "Kaputt"}') in lost
    assert ("podcast:chapters", '{"title": "ohne Zeit"}') in lost
    assert titles["case-11"] == ["PSC"]
    assert titles["case-12"] == ["A & B"]
    assert titles["case-13"] == ["Außen"]


def test_times_in_old_notes_that_do_not_fit_stop_nothing(case: Case) -> None:
    done = case("timestamps/feed", audio=True)
    values = {values["guid"]: values for values in by_title(done).values()}
    listed = {guid: item.get("chapters", "from the notes") for guid, item in values.items()}
    assert [listed[f"case-{number}"] for number in range(1, 5)] == [[], [], [], []]
    assert [chapter["title"] for chapter in listed["case-5"]] == ["PSC"]
    text = (done.folder / "episodes/folge-nummer-1-vom-kanal/episode.yaml").read_text("utf-8")
    assert "# The times in the notes do not fit the audio: they are text." in text
    tags = [loss.tag for loss in done.losses if loss.guid == "case-2"]
    assert tags == ["times in the notes", "enclosure@length", "itunes:duration"], "the audio is another"


def test_relative_addresses_start_from_the_feed_or_xml_base(case: Case, old_host: OldHost) -> None:
    done = case("relative/feed", audio=True)
    assert done.error is None
    assert show_of(done)["website"] == f"{old_host.url}/start"
    values = {values["guid"]: values for values in by_title(done).values()}
    assert (
        notes_of(done)["case-1"]
        == f"[Notizen]({old_host.url}/notizen) und [weiter]({old_host.url}/cases/relative/weiter.html)"
    )
    assert values["case-1"]["article"] == f"{old_host.url}/cases/relative/artikel-1".replace("http:", "https:")
    done = case("relative/base", audio=True, into="base")
    assert done.error is None


def test_a_saved_feed_is_read_as_from_its_address(old_host: OldHost, tmp_path: Path) -> None:
    put_cases(old_host)
    file = CASES / "relative/feed.xml"
    options = ImportOptions(allow_private=True, audio=False)
    done = import_show(file, tmp_path / "a", options, NOW, Silent())
    assert [episode.guid for episode in done.episodes] == ["case-3"]
    assert ("enclosure@url", "../audio/1.mp3") in losses_of(done, "case-1")
    assert "--feed-url" in next(problem.hint for problem in done.warnings if "was left out" in problem.message)
    address = f"{old_host.url}/cases/relative/feed.xml"
    done = import_show(file, tmp_path / "b", replace(options, feed_url=address), NOW, Silent())
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2", "case-3"]
    assert done.show.url == address


def test_equal_dates_keep_the_feeds_order(case: Case) -> None:
    done = case("order/same")
    dates = {values["title"]: date_of(values) for values in by_title(done).values()}
    assert sorted(dates, key=lambda title: dates[title]) == ["Teil 1", "Teil 2", "Teil 3", "Teil 4"]
    assert {date.replace(microsecond=0) for date in dates.values()} == {datetime(2012, 9, 15, 22, 14, 51, tzinfo=UTC)}


def test_a_feed_that_rises_keeps_its_order_too(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/order/same.xml"].decode()
    head, *items = feed.split("<item>")
    first = items[0].replace("Teil 4", "Teil 0").replace(">aa<", ">z<").replace("2012", "2011")
    old_host.files["/cases/rising.xml"] = (
        "<item>".join([head, first, *reversed(items)]).replace("<!--", "").encode() + b"</channel></rss>"
    )
    old_host.files["/cases/rising.xml"] = old_host.files["/cases/rising.xml"].replace(b"</rss>", b"", 1)
    done = case("rising")
    assert [episode.title for episode in done.episodes] == ["Teil 0", "Teil 1", "Teil 2", "Teil 3", "Teil 4"]


def test_dates_in_the_future_and_impossible_ones_are_said(case: Case) -> None:
    done = case("order/future")
    said = warnings_of(done)
    assert "1 episode(s) are dated in the future, and hidden until then: “Folge Nummer 1 vom" in said
    assert said.count("has no date that can be read") == 2


def test_a_serial_without_numbers_is_told(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    feed = old_host.files["/cases/order/same.xml"]
    old_host.files["/cases/serial.xml"] = feed.replace(b"</title>", b"</title><itunes:type>serial</itunes:type>", 1)
    assert "The show is a serial, and 4 of its episodes have no number." in warnings_of(case("serial"))


def test_people_that_cannot_be_kept_are_said(case: Case) -> None:
    done = case("people/feed")
    first, _, third = by_title(done).values()
    assert [host["name"] for host in first["hosts"]] == ["Nur Name", "Mo Derator", "Leere Gruppe"]
    assert {(guest["name"], guest.get("role")) for guest in first["guests"]} == {
        *(("Ada Lovelace & Co", None), ("Doppelrolle", None), ("Deutscher Gast", None))
    }
    lost = losses_of(done, "case-1")
    assert lost[("podcast:person", "Tonmensch (audio engineer, audio post-production)")]
    assert lost[("podcast:person@role", "guest, co-host (Doppelrolle)")]
    assert lost[("podcast:person", "guest")] == "a person needs a name"
    assert {("itunes:author", "Gastrednerin Grete"), ("dc:creator", "Grete G.")} <= set(losses_of(done, "case-2"))
    assert [guest["name"] for guest in third["guests"]] == ["Nur Gast"]
    assert "#   itunes:author “Gastrednerin Grete”" in (
        done.folder / "episodes/folge-nummer-2-vom-kanal/episode.yaml"
    ).read_text("utf-8")


def test_the_fuller_text_becomes_the_notes(case: Case) -> None:
    done = case("summary/feed")
    values = {values["guid"]: values for values in by_title(done).values()}
    notes = notes_of(done)
    for guid in ("case-1", "case-2", "case-4", "case-6"):
        assert values[guid]["summary"] == "Kurz."
        assert "https://a.example.com/pegel" in notes[guid]
    assert "[B](https://b.example.com/)" in notes["case-2"]
    for guid in ("case-3", "case-5"):
        assert "https://a.example.com/pegel" in values[guid]["summary"]


def test_transcripts_have_their_own_language_and_type(case: Case, old_host: OldHost) -> None:
    vtt, srt = old_host.files["/text/zwei.vtt"], old_host.files["/text/zwei.srt"]
    texts = {
        "ok.vtt": vtt,
        "ok.srt": srt,
        "bom.srt": b"\xef\xbb\xbf" + srt,
        "crlf.srt": srt.replace(b"\n", b"\r\n"),
        "long.vtt": vtt.replace(b"00:00:03.500", b"00:09:03.500"),
        "t.txt": b"Mara: Moin.\n\nKai: Moin.\n",
        "t.html": b"<p>Moin",
    }
    old_host.files |= {f"/cases/transcripts/{name}": data for name, data in texts.items()}
    done = case("transcripts/feed", audio=True)
    values = {values["guid"]: values for values in by_title(done).values()}
    names = {guid: item.get("transcript") for guid, item in values.items()}
    assert [names[f"case-{number}"] for number in (1, 2, 3, 4, 5, 15, 16, 17, 18)] == [
        *("transcript.vtt", "transcript.srt", "transcript.srt", "transcript.srt", "transcript.srt", "transcript.txt"),
        *("transcript.vtt", "transcript.vtt", "transcript.vtt"),
    ]
    assert values["case-18"]["transcript_language"] == "en"
    assert "transcript_language" not in values["case-19"], "of two the one in the show's language"
    [other] = done.folder.glob("episodes/*/transcript.en.*")
    assert other.name == "transcript.en.vtt", "the one in another language waits for a translation"
    assert any("lies beside as transcript.en.vtt" in why for why in losses_of(done, "case-19").values())
    assert ("podcast:transcript@url", f"{old_host.url}/cases/transcripts/t.html") in losses_of(done, "case-14")
    lost = losses_of(done, "case-1")[("podcast:transcript@url", f"{old_host.url}/cases/transcripts/ok.srt")]
    assert lost.startswith("an episode has one; ")
    [cut] = [why for (tag, _), why in losses_of(done, "case-8").items() if tag == "podcast:transcript"]
    assert "where it is cut" in cut, "what is remarked of a transcript stands in the table, too"


@pytest.mark.parametrize(("name", "numbers"), [("next", [4, 5, 6]), ("arch", [3, 4, 5, 6])])
def test_every_page_of_a_feed_is_read_from_a_file_too(
    case: Case, old_host: OldHost, tmp_path: Path, name: str, numbers: list[int]
) -> None:
    expected = [f"case-{number}" for number in numbers]
    done = case(f"paged/{name}")
    assert [episode.guid for episode in done.episodes] == expected
    file = tmp_path / "saved.xml"
    file.write_bytes(old_host.files[f"/cases/paged/{name}.xml"])
    done = import_show(file, tmp_path / "saved", ImportOptions(allow_private=True, audio=False), NOW, Silent())
    assert [episode.guid for episode in done.episodes] == expected
    missing = "A page of the feed: " + f"{old_host.url}/cases/paged/next3.xml answers 404 (Not Found)."
    assert (missing in warnings_of(done)) == (name == "next")


def test_pages_that_cannot_be_asked_for_are_named(old_host: OldHost, tmp_path: Path) -> None:
    put_cases(old_host)
    file = tmp_path / "saved.xml"
    feed = re.sub(rb"<atom:link rel=.self.[^>]*>", b"", old_host.files["/cases/paged/next.xml"])
    file.write_bytes(feed)
    done = import_show(file, tmp_path / "saved", ImportOptions(allow_private=True, audio=False), NOW, Silent())
    assert "The feed names a page with older items." in warnings_of(done)
