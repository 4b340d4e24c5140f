"""What must hold between the pages, and between the feeds, of one show in several languages."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import join, say
from sendung.rules.observations import LanguagePage
from sendung.rules.registry import ERROR, WARNING, Hit, observed_rule

OURS = "Sendung, docs/episode.md, In further languages"
_REBUILD = "Run sendung rebuild: it writes all pages and feeds anew."


@observed_rule("languages-named", WARNING, OURS, _REBUILD, LanguagePage)
def languages_name_each_other(page: LanguagePage) -> Iterator[Hit]:
    """Each page names all its languages, its own among them, and each feed the feeds in other languages."""
    if page.unnamed:
        yield Hit(say("It does not name {addresses}.", addresses=join(", ", page.unnamed)))


@observed_rule("languages-said", WARNING, OURS, _REBUILD, LanguagePage)
def language_is_the_named_one(page: LanguagePage) -> Iterator[Hit]:
    """A page or feed is in the language by which the others name it."""
    if page.said.lower() != page.language.lower():
        yield Hit(say("It is named as “{language}”, and says “{said}”.", language=page.language, said=page.said))


@observed_rule("languages-guid", ERROR, "podcast-namespace, docs/tags/remote-item.md", _REBUILD, LanguagePage)
def feed_has_the_named_guid(page: LanguagePage) -> Iterator[Hit]:
    """A feed in another language has the GUID by which the show's feed names it."""
    if page.podcast_guid != page.named_guid:
        yield Hit(
            say(
                "The feed has the GUID “{podcast_guid}”, and is named by “{named_guid}”.",
                podcast_guid=page.podcast_guid,
                named_guid=page.named_guid,
            )
        )
