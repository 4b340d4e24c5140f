"""A feed that breaks no rule, and the changes that break one each."""

from __future__ import annotations

import re
from collections.abc import Callable

from sendung.core.model import Show
from sendung.feed import render
from tests.feed.shows import BUILT, NOW, SHOW, episode

GOOD_SHOW: Show = SHOW.model_copy(
    update={
        "copyright": "Sven Kramer",
        "description": "Zwei Hosts prüfen die Woche.",
        "category": ("News", "Tech News"),
    }
)
GOOD = render(GOOD_SHOW, [episode(1, season=1), episode(2, season=1, guests=GOOD_SHOW.hosts[:1])], NOW, BUILT).decode()

Break = Callable[[str], str]


def swap(old: str, new: str) -> Break:
    """The first place that holds `old` gets `new`."""

    def change(feed: str) -> str:
        assert old in feed, old
        return feed.replace(old, new, 1)

    return change


def drop(tag: str) -> Break:
    """The first element of that name is gone."""

    def change(feed: str) -> str:
        changed = re.sub(rf"<{tag}(?:\s[^>]*)?(?:/>|>.*?</{tag}>)", "", feed, count=1, flags=re.DOTALL)
        assert changed != feed, tag
        return changed

    return change


def fill(tag: str, text: str) -> Break:
    """The first element of that name, which has no attributes, holds `text`."""

    def change(feed: str) -> str:
        changed = re.sub(rf"<{tag}>[^<]*</{tag}>", lambda _: f"<{tag}>{text}</{tag}>", feed, count=1)
        assert changed != feed, tag
        return changed

    return change


def in_item(change: Break) -> Break:
    """The same change, but from the first item on."""

    def late(feed: str) -> str:
        head, item, rest = feed.partition("<item>")
        return head + item + change(rest)

    return late


def add(markup: str) -> Break:
    """One more element at the end of the first item."""
    return swap("</item>", f"{markup}</item>")


def add_to_show(markup: str) -> Break:
    """One more element before the first item."""
    return swap("<item>", f"{markup}<item>")


BREAKS: dict[str, Break] = {
    "rss-blank-before": lambda feed: "\n" + feed,
    "rss-items": lambda feed: re.sub("<item>.*</item>", "", feed, flags=re.DOTALL),
    "rss-guid-permalink": swap(' isPermaLink="false"', ""),
    "rss-absolute": in_item(swap("<link>https://example.org", "<link>")),
    "rss-namespace": swap("<rss ", '<rss xmlns="urn:x" '),
    "rss-channel": swap("</rss>", "<channel/></rss>"),
    "rss-item-place": swap("</rss>", "<item/></rss>"),
    "rss-one-guid": add("<guid>x</guid>"),
    "rss-one-enclosure": add('<enclosure url="https://example.org/x.mp3"/>'),
    "rss-markup": swap("</description>", "<br/></description>"),
    "rss-uri": in_item(fill("link", "https://example.org/a b")),
    "rss-paged": add_to_show('<atom:link rel="next" href="https://example.org/2.xml"/>'),
    "rss-example": fill("itunes:email", "post@example.org"),
    "apple-rss-version": swap('version="2.0"', 'version="0.91"'),
    "apple-encoding": swap("encoding='UTF-8'", "encoding='ISO-8859-1'"),
    "apple-namespace": swap("itunes.com/dtds/", "itunes.com/DTDs/"),
    "apple-tag-case": swap("<itunes:type>episodic</itunes:type>", "<itunes:Type>episodic</itunes:Type>"),
    "apple-title": drop("title"),
    "apple-description": drop("description"),
    "apple-image": drop("itunes:image"),
    "apple-language": swap("<language>de<", "<language>deutsch<"),
    "apple-category": swap('<itunes:category text="News">', '<itunes:category text="">'),
    "apple-category-known": swap('text="Tech News"', 'text="tech news"'),
    "apple-category-first": add_to_show('<itunes:category text="Technology"/>'),
    "apple-explicit": swap("<itunes:explicit>false<", "<itunes:explicit>no<"),
    "apple-type": swap("<itunes:type>episodic<", "<itunes:type>weekly<"),
    "apple-yes": add_to_show("<itunes:block>true</itunes:block>"),
    "apple-show-text-length": swap("<description>", "<description>" + "ä" * 2001),
    "apple-show-value": swap("</language>", " </language>"),
    "apple-show-html": swap("<description>", "<description>&lt;b&gt;"),
    "apple-show-cdata": swap("<description>", "<description>&lt;p&gt;"),
    "apple-image-address": swap('assets/cover.jpg"/>', 'assets/cover.webp"/>'),
    "apple-item-title": in_item(drop("title")),
    "apple-enclosure": swap(' length="1234569"', ""),
    "apple-enclosure-length": swap('length="1234569"', 'length="12 MB"'),
    "apple-enclosure-type": swap('type="audio/mpeg"', 'type="audio/mp4"'),
    "apple-ascii": swap("folge-2-abab.mp3", "fölge-2.mp3"),
    "apple-guid": drop("guid"),
    "apple-guid-unique": swap("sendung:folge-1<", "sendung:folge-2<"),
    "apple-enclosure-unique": swap('audio/folge-1-abab.mp3" length', 'audio/folge-2-abab.mp3" length'),
    "apple-date": swap("+0000</pubDate>", "</pubDate>"),
    "apple-date-missing": drop("pubDate"),
    "apple-item-link": in_item(drop("link")),
    "apple-item-description": lambda feed: in_item(drop("content:encoded"))(in_item(drop("description"))(feed)),
    "apple-duration": swap("<itunes:duration>96<", "<itunes:duration>00:01:36<"),
    "apple-item-explicit": in_item(swap("<itunes:explicit>false<", "<itunes:explicit>clean<")),
    "apple-episode-type": swap("<itunes:episodeType>full<", "<itunes:episodeType>special<"),
    "apple-serial-number": lambda feed: drop("itunes:episode")(swap(">episodic<", ">serial<")(feed)),
    "apple-number-zero": swap("<itunes:season>1<", "<itunes:season>0<"),
    "apple-title-number": swap("<title>Autoindustrie, Teil 2<", "<title>Folge 2: Autoindustrie<"),
    "apple-title-show": swap("<title>Autoindustrie, Teil 2<", "<title>Realitätscheck &amp; Co. über Autos<"),
    "apple-text-length": in_item(swap("<description>", "<description>" + "ä" * 2001)),
    "apple-value": in_item(swap("<title>", "<title>" + "x" * 256)),
    "apple-html": swap("<p>In dieser", "<p><strong>In</strong> dieser"),
    "apple-cdata": in_item(swap("<description>", "<description>&lt;p&gt;")),
    "apple-timestamps": lambda feed: drop("podcast:chapters")(swap("<p>00:00:00 Begrüßung</p>", "")(feed)),
    "apple-chapter-rate": in_item(swap("<psc:chapter ", '<psc:chapter start="0" title="x"/>' * 4 + "<psc:chapter ")),
    "apple-transcript-format": lambda feed: drop("podcast:transcript")(drop("podcast:transcript")(feed)),
    "psp1-namespaces": swap('xmlns:atom="http://www.w3.org', 'xmlns:atom="http://example.org'),
    "psp1-self": drop("atom:link"),
    "psp1-link": drop("link"),
    "psp1-locked": drop("podcast:locked"),
    "psp1-guid": drop("podcast:guid"),
    "psp1-guid-form": swap("<podcast:guid>9b02", "<podcast:guid>x"),
    "psp1-copyright": swap("<copyright>", "<copyright>© 2026 "),
    "psp1-item-explicit": in_item(drop("itunes:explicit")),
    "psp1-item-image": in_item(drop("itunes:image")),
    "psp1-transcript": lambda feed: re.sub("<podcast:transcript[^>]*>", "", feed, count=4),
    "podcast-namespace": swap("https://podcastindex.org/namespace/1.0", "https://podcastindex.org/namespace/1.0/"),
    "podcast-attributes": swap('type="text/vtt"', ""),
    "podcast-length": add_to_show(f'<podcast:funding url="https://example.org/">{"x" * 129}</podcast:funding>'),
    "podcast-https": swap('img="https://', 'img="http://'),
    "podcast-local": swap(
        '<podcast:chapters url="https://podcast.example.org', '<podcast:chapters url="http://localhost:8000'
    ),
    "podcast-person": swap(">Sebastian Karger</podcast:person>", "></podcast:person>"),
    "podcast-hosts": in_item(lambda feed: feed.replace('role="host"', 'role="guest"')),
    "podcast-locked": swap(">yes</podcast:locked>", ">true</podcast:locked>"),
    "podcast-medium": swap("<podcast:medium>podcast<", "<podcast:medium>radio<"),
    "podcast-images": add('<podcast:images srcset="https://example.org/x.jpg 100w"/>'),
    "podcast-soundbite": add('<podcast:soundbite startTime="0" duration="5"/>'),
    "podcast-transcript": swap('type="text/vtt"', 'type="application/pdf"'),
    "podcast-chapters": swap('type="application/json+chapters"', 'type="text/xml"'),
    "podcast-source": drop("podcast:source"),
    "podcast-mirror": swap("<podcast:episode>2<", "<podcast:episode>3<"),
    "podcast-address": swap('<podcast:chapters url="https://podcast.example.org', '<podcast:chapters url="'),
    "spotify-author": drop("itunes:author"),
    "spotify-owner": drop("itunes:owner"),
    "spotify-html": swap("<p>In dieser", "<p><em>In</em> dieser"),
    "spotify-summary": add("<itunes:summary>Anderes</itunes:summary>"),
    "youtube-title": in_item(swap("<title>", "<title>5 &lt; 6 ")),
    "youtube-show-title": swap("<title>", "<title>5 &lt; 6 "),
    "youtube-description": in_item(swap("<description>", "<description>" + "x" * 5001)),
}
"""Rule id to a change that breaks it (and perhaps others)."""
