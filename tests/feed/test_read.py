"""Reading feeds: nothing is trusted, everything is kept as written."""

from __future__ import annotations

import contextlib
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendung.core.errors import RulesError
from sendung.core.model import Chapter, Episode, Person, Show, Soundbite
from sendung.core.podcasting20 import (
    Discussion,
    FeedOptions,
    License,
    Link,
    Location,
    Recipient,
    RemoteFeed,
    Schedule,
    Txt,
    Value,
)
from sendung.feed import reader, render
from sendung.feed.document import Element
from sendung.feed.markup import line
from sendung.feed.reader import read
from sendung.media.notes import printable
from tests.feed.shows import BUILT, FULL, NOW, SHOW, episode


def wrap(inside: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>\n{head}<rss version="2.0"><channel>{inside}</channel></rss>'.encode()


def test_every_element_keeps_text_attributes_and_line() -> None:
    feed = read(wrap('\n<title> a\n b </title>\n<x:y xmlns:x="https://x.example" x:z="1" w=" 2 "/>'))
    title, other = feed.channel.children
    assert (title.name, title.text, title.line, title.cdata) == ("title", " a\n b ", 3, False)
    assert other.name == "{https://x.example}y"
    assert other.attributes == {"{https://x.example}z": "1", "w": " 2 "}
    assert other.line == 5


def test_cdata_is_told_apart_from_escaped_text() -> None:
    feed = read(wrap("<title><![CDATA[<b>]]></title><link>&lt;b&gt;</link>"))
    assert [(e.text, e.cdata) for e in feed.channel.children] == [("<b>", True), ("<b>", False)]


def test_prefixes_are_the_usual_ones_whatever_the_feed_calls_them() -> None:
    feed = read(wrap('<i:image xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd" href="x"/>'))
    assert feed.channel.attribute("itunes:image", "href") == "x"


def test_almost_right_namespaces_mean_what_they_mean_and_are_kept_as_written() -> None:
    feed = read(wrap('<i:author xmlns:i="https://www.itunes.com/DTDs/Podcast-1.0.dtd/">A</i:author>'))
    assert feed.channel.value("itunes:author") == "A"
    assert [(n.prefix, n.uri, n.means) for n in feed.namespaces] == [
        ("i", "https://www.itunes.com/DTDs/Podcast-1.0.dtd/", "itunes")
    ]


def test_white_space_before_the_declaration_is_forgiven_and_told() -> None:
    feed = read(b"\n\n" + wrap("<title>x</title>"))
    assert feed.blank_before
    assert feed.channel.line == 4
    assert not read(wrap("")).blank_before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_declared_encodings_are_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{name}"?><rss><channel><title>Grüße</title></channel></rss>'
    assert read(data.encode(encoding)).channel.value("title") == "Grüße"


def test_named_entities_of_a_document_type_that_is_not_fetched_are_html() -> None:
    head = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    assert read(wrap("<title>f&uuml;r</title>", head)).channel.value("title") == "für"


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaa">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"   \n ", "empty"),
        (b"<!DOCTYPE html>\n<html><br></html>", "web page"),
        (b"<html><body><p>hello</body></html>", "web page"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "Atom"),
        (b"<opml/>", "<opml>"),
        (b"<rss/>", "no <channel>"),
        (b"\x1f\x8b\x08\x00", "packed with gzip"),
        (b"Not found\n", "This is text without a single tag"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "This is JSON"),
        (wrap("<title>a & b</title>"), "Line 2: a bare “&” stands here."),
        (wrap("<title>a\x07b</title>"), "Line 2: the control character U+0007 stands here."),
        (wrap("<title>&nbsp;</title>"), "entity"),
        (wrap("<title>x</link>"), "not the last one opened"),
        (wrap("<itunes:author/>"), "the prefix itunes is declared nowhere"),
        (wrap("<title>x</title>")[:-12], "ends too early"),
        (wrap("<title><![CDATA[x"), "ends too early"),
        ("<rss><channel><title>ü</title></channel></rss>".encode("latin-1"), "must be in UTF-8, but it is not"),
        (b'<?xml version="1.0" encoding="klingon"?><rss/>', "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><rss/>', "encoding"),
        (wrap("&j;", f"{BOMB}]>"), "declares the entity"),
        (wrap("&x;", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "declares the entity"),
        (wrap("", '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>'), "declares the entity"),
        (b"<a>" * 101, "in each other"),
    ],
)
def test_what_is_no_feed_is_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(RulesError) as caught:
        read(data)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.hint


def test_huge_feeds_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 1000)
    with pytest.raises(RulesError, match="more than 0 MB"):
        read(wrap("x" * 1001))
    monkeypatch.setattr(reader, "MAX_ELEMENTS", 50)
    with pytest.raises(RulesError, match="more than 50 elements"):
        read(wrap("<a/>" * 50))


def test_bomb_takes_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(RulesError):
        read(wrap("&j;", f"{BOMB}]>"))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@given(st.binary(max_size=200) | st.text(alphabet="<>&;!?/[]-rsc \"='xml\x00\ud7ff", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_clearly(data: bytes) -> None:
    for whole in (data, b"<rss><channel>" + data + b"</channel></rss>"):
        with contextlib.suppress(RulesError):
            read(whole)


def test_own_feed_reads_back() -> None:
    feed = read(render(SHOW, FULL, NOW, BUILT))
    assert feed.version == "2.0"
    assert feed.channel.value("podcast:guid") == SHOW.guid
    assert [item.value("guid") for item in feed.items] == [e.guid for e in reversed(FULL)]


HOSTILE = (
    st.text(max_size=30)
    | st.text(alphabet="]>&<'\"\x00\x1b\u202e\ud800\udfff👩‍🚀 \n\tä", max_size=20)
    | st.sampled_from(["]]>", "<![CDATA[", "x" * 10_000, "<!--", "&amp;", "\ufeff"])
)


@settings(max_examples=60, deadline=None)
@given(
    title=HOSTILE,
    summary=HOSTILE,
    name=HOSTILE,
    chapter=HOSTILE,
    notes=HOSTILE,
    guid=HOSTILE,
    date=st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001 (strategies want naive bounds)
)
def test_what_is_rendered_reads_back_but_for_what_xml_cannot_hold(
    title: str, summary: str, name: str, chapter: str, notes: str, guid: str, date: datetime
) -> None:
    said = episode(
        1,
        title=title,
        summary=summary,
        guests=(Person(name=name, role="guest"),),
        chapters=(Chapter(start_ms=0, title=chapter),),
        notes=notes,
        guid=f"x{guid}",
        date=date.replace(tzinfo=UTC),
        season=1,
        number_label=title,
        keywords=(name,),
        links=(Link(title=chapter, url="https://example.org/film"),),
        soundbites=(Soundbite(start_ms=0, duration_ms=20_000, title=chapter),),
        funding=(Link(title=name, url="https://example.org/geld"),),
        txt=(Txt(text=title, purpose=name),),
        discussions=(Discussion(protocol="bluesky", url="https://example.org/1", account=name),),
    )
    options = FeedOptions(
        seasons={1: title},
        schedule=Schedule(text=summary),
        podroll=(RemoteFeed(guid=SHOW.guid, title=name),),
        locations=(Location(name=f"x{name}"),),
        license=License(name=title, url="https://example.org/lizenz"),
        value=Value(type="lightning", method=name, recipients=(Recipient(type="node", address=title, split=1),)),
    )
    changes = {"title": title, "description": summary, "author": name, "copyright": chapter, "feed": options}
    show = SHOW.model_copy(update=changes)
    feed = read(render(show, [said], NOW, BUILT))
    (item,) = feed.items
    assert_options_read_back(feed.channel, show)
    assert_supplements_read_back(item, said)
    assert feed.channel.value("title") == line(title)
    assert feed.channel.value("description") == printable(summary).strip()
    assert feed.channel.value("itunes:author") == line(name)
    assert_reads_back(item, said)


def texts_of(parent: Element, name: str) -> list[str]:
    return [element.text for element in parent.every(name)]


def assert_options_read_back(channel: Element, show: Show) -> None:
    said = show.feed
    assert said.license
    assert said.schedule
    assert said.value
    assert channel.value("copyright") == line(show.copyright or "")
    assert texts_of(channel, "podcast:license") == [line(said.license.name)]
    assert texts_of(channel, "podcast:location") == [line(said.locations[0].name)]
    assert texts_of(channel, "podcast:updateFrequency") == [line(said.schedule.text)]
    podroll, value = channel.first("podcast:podroll"), channel.first("podcast:value")
    assert podroll
    assert value
    assert podroll.attribute("podcast:remoteItem", "title") == line(said.podroll[0].title or "")
    assert value.attributes["method"] == line(said.value.method)
    assert value.attribute("podcast:valueRecipient", "address") == line(said.value.recipients[0].address)


def assert_supplements_read_back(item: Element, said: Episode) -> None:
    assert item.attribute("podcast:season", "name") == line(said.title)
    assert item.attribute("podcast:episode", "display") == line(said.number_label or "")
    assert texts_of(item, "category") == [line(said.keywords[0])]
    assert texts_of(item, "podcast:contentLink")[-1] == line(said.links[0].title)
    assert texts_of(item, "podcast:soundbite") == [line(said.soundbites[0].title)]
    assert texts_of(item, "podcast:funding") == [line(said.funding[0].title)]
    assert texts_of(item, "podcast:txt") == [line(said.txt[0].text)]
    assert item.attribute("podcast:txt", "purpose") == line(said.txt[0].purpose or "")
    assert item.attribute("podcast:socialInteract", "accountId") == line(said.discussions[0].account or "")


def assert_reads_back(item: Element, said: Episode) -> None:
    assert item.value("title") == line(said.title)
    assert item.value("description") == printable(said.summary).strip()
    assert item.value("guid") == printable(said.guid).strip()
    persons = [person.text for person in item.every("podcast:person")]
    assert persons == [line(p.name) for p in (*SHOW.hosts, *said.guests) if line(p.name)]
    chapters = item.first("psc:chapters")
    assert chapters is not None
    assert [c.attributes["title"] for c in chapters.children] == [line(c.title) for c in said.chapters]
    assert item.value("pubDate") == f"{said.date:%a, %d %b %Y %H:%M:%S} +0000"


def labelled(label: str, text: str = "Über Grünkohl – „heiß“ für 3 €") -> str:
    return f'<?xml version="1.0" encoding="{label}"?>\n<rss><channel><title>{text}</title></channel></rss>'


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        *(
            ("utf8", "utf-8"),
            ("UTF_8", "utf-8"),
            ("iso-8859-1", "cp1252"),
            ("latin1", "cp1252"),
            ("us-ascii", "cp1252"),
        ),
        *(("ISO-8859-15", "iso8859-15"), ("macintosh", "mac-roman"), ("gb2312", "gb18030"), ("iso-8859-1", "utf-8")),
    ],
)
def test_labels_mean_what_they_mean_on_the_web_and_no_character_is_lost(label: str, codec: str) -> None:
    text = "Über Grünkohl heiß für 3 €" if codec == "iso8859-15" else "Über Grünkohl – „heiß“ für 3 €"
    assert read(labelled(label, text).encode(codec)).channel.value("title") == text


def test_the_content_type_counts_before_the_declaration_and_a_mark_before_both() -> None:
    assert read(labelled("utf-16", "Привет").encode("cp1251"), "windows-1251").channel.value("title") == "Привет"
    assert read(labelled("latin1", "Привет").encode("utf-8-sig"), "windows-1251").channel.value("title") == "Привет"


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf\n\n", b" \xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf\n"])
def test_blanks_and_marks_before_the_declaration_are_forgiven_and_told(before: bytes) -> None:
    feed = read(before + labelled("utf-8", "ä").encode())
    assert feed.blank_before
    assert feed.channel.line == 2 + before.count(b"\n")
    assert feed.channel.value("title") == "ä"


def test_bytes_that_are_in_no_encoding_are_replaced_and_counted_or_refused() -> None:
    cut = labelled("utf-8", "äöü äöü").encode().replace("ü</".encode(), b"\xc3</")
    feed = read(cut, forgiving=True)
    assert feed.channel.value("title") == "äöü äö\ufffd"
    assert feed.remarks == ("Line 2: bytes that are no utf-8 became “\ufffd”, 1 in all.",)
    western = read(labelled("utf-8", "Größe").encode("cp1252"), forgiving=True)
    assert western.channel.value("title") == "Größe"
    assert "read as windows-1252" in western.remarks[0]
    with pytest.raises(RulesError, match="Line 2: the feed says that it is in utf-8, but it is not"):
        read(labelled("utf-8", "Привет").encode("cp1251"), forgiving=True)


MENDED = {
    "<title>R & B</title>": "R & B",
    "<title>a &copy b &nix; &uuml;</title>": "a &copy b &nix; ü",
    "<title>3 < 5</title>": "3 < 5",
    "<title>a\x00\x08b&#0;&#x1f;c</title>": "abc",
    "<title><![CDATA[a & b < c]]></title>": "a & b < c",
    "<title>x</title><media:x a='1'/>": "x",
    "<title>x</title><foo:x/>": "x",
    "<title>x</title><description>a<p>b</description>": "x",
}


@pytest.mark.parametrize(("inside", "title"), MENDED.items())
def test_what_is_almost_xml_is_read_if_so_asked(inside: str, title: str) -> None:
    assert read(wrap(inside), forgiving=True).channel.value("title") == title


@pytest.mark.parametrize("before", [b"Warning: PHP is old\n", b"<!-- x -->\n", b"\n<br />\n"])
@pytest.mark.parametrize("after", [b"\n[]", b"\0\0", b"<script>x</script>", b"</rss>"])
def test_what_stands_around_a_feed_is_left_out_if_so_asked(before: bytes, after: bytes) -> None:
    feed = read(before + wrap("<title>x</title>") + after, forgiving=True)
    assert feed.channel.value("title") == "x"
    assert feed.remarks


def test_a_feed_that_ends_too_early_keeps_its_whole_items() -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(3))
    feed = read(wrap(items)[:-40], forgiving=True)
    assert [item.value("title") for item in feed.items] == ["0", "1"]
    assert "ends too early" in feed.remarks[0]


def test_several_faults_are_several_problems() -> None:
    with pytest.raises(RulesError) as caught:
        read(wrap("<title>a & b</title>\n<link>\x07</link>") + b"\nbye")
    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "Line 4: “bye” stands behind </rss>.",
        "Line 3: the control character U+0007 stands here.",
        "Line 2: a bare “&” stands here.",
    ]


def test_a_web_page_says_which_feed_it_links() -> None:
    page = b"<!DOCTYPE html><html><link rel='alternate' type=application/rss+xml href='https://a.example/feed?x=1&amp;y=2'>"
    with pytest.raises(RulesError, match="web page") as caught:
        read(page)
    assert "https://a.example/feed?…" in caught.value.problems[0].hint


def test_a_feed_that_a_page_links_is_named_from_the_pages_address() -> None:
    page = b"<html><link rel=alternate type=application/rss+xml href=/feed.xml>"
    with pytest.raises(RulesError) as caught:
        read(page, address="https://a.example/show/")
    assert "https://a.example/feed.xml" in caught.value.problems[0].hint


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_a_feed_that_says_utf_16_is_what_its_bytes_are(codec: str) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><rss><channel><title>ü–€</title></channel></rss>'
    feed = read(text.encode(codec), forgiving=True)
    assert feed.channel.value("title") == "ü–€"
    assert bool(feed.remarks) == (codec == "utf-8")


def test_default_namespaces_of_rss_are_no_names() -> None:
    feed = read(b'<rss version="2.0" xmlns="urn:x"><channel><item xmlns=""><title>x</title></item></channel></rss>')
    assert [item.value("title") for item in feed.items] == ["x"]
    assert [namespace.uri for namespace in feed.defaulted] == ["urn:x"]


@given(st.text(alphabet="<>&;!?/[]-rsc \"='xml\x00\ud7ff\n:#0", max_size=60))
def test_any_text_is_mended_or_refused_clearly(text: str) -> None:
    whole = f"<rss><channel><title>{text}</title></channel></rss>".encode()
    with contextlib.suppress(RulesError):
        strict = read(whole)
        assert read(whole, forgiving=True) == strict
    with contextlib.suppress(RulesError):
        read(whole, forgiving=True)
