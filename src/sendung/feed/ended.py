"""The feed at an address that a customer no longer has: one last item, which says so."""

from __future__ import annotations

from datetime import datetime

from sendung.core.model import Show
from sendung.core.translation import primary
from sendung.feed.markup import quote, rfc2822

_WORDS = {
    "de": ("Dieses Abo ist beendet", "Unter dieser Adresse kommt nichts Neues mehr. Wie es weitergeht, steht hier:"),
    "en": ("This subscription has ended", "Nothing new will come at this address. How to go on is told here:"),
}


def ended(show: Show, at: datetime) -> bytes:
    """The feed, UTF-8; `at` is when the address ended."""
    title, text = _WORDS.get(primary(show.language), _WORDS["en"])
    name, link = (show.customers.title, show.customers.join) if show.customers else (show.title, show.website)
    return f"""\
<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" version="2.0">
  <channel>
    <title>{quote(name)}</title>
    <link>{quote(show.website)}</link>
    <description>{quote(title)}</description>
    <language>{quote(show.language)}</language>
    <itunes:block>Yes</itunes:block>
    <item>
      <title>{quote(title)}</title>
      <link>{quote(link)}</link>
      <description>{quote(f"{text} {link}")}</description>
      <guid isPermaLink="false">sendung-ended-{at:%Y%m%dT%H%M%SZ}</guid>
      <pubDate>{rfc2822(at)}</pubDate>
    </item>
  </channel>
</rss>
""".encode()
