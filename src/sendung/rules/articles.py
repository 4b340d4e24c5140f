"""What must hold between an episode and its article, so that readers find the one and listeners the other."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import say
from sendung.rules.observations import ArticleObservation
from sendung.rules.registry import WARNING, Hit, observed_rule

OURS = "Sendung, docs/episode.md, The companion article"
_PASTE = "`sendung links EPISODE` prints what to paste there, and a script that does it for every article."


@observed_rule(
    "article-missing", WARNING, OURS, "Name it in episode.yaml, or allow this rule.", ArticleObservation, "article"
)
def episode_has_article(pair: ArticleObservation) -> Iterator[Hit]:
    """Every full episode names its article: else no reader finds it. Trailers and bonus episodes need none."""
    if not pair.url:
        yield Hit(say("{slug} has no article.", slug=pair.slug))


@observed_rule(
    "article-up", WARNING, OURS, "Open it in a browser, and correct the address.", ArticleObservation, "article"
)
def article_is_up(pair: ArticleObservation) -> Iterator[Hit]:
    """The article's page can be fetched."""
    if pair.fault:
        yield Hit(say("The article cannot be read: {fault}.", fault=pair.fault))


@observed_rule("article-links", WARNING, OURS, _PASTE, ArticleObservation, "article")
def article_leads_to_episode(pair: ArticleObservation) -> Iterator[Hit]:
    """The article leads to its episode.

    A link to the listen page will do, a frame with the player, or the script listen-now.js. Of several episodes that
    name one article the script finds the newest only.
    """
    if not pair.leads_back:
        yield Hit(say("The article does not lead to {slug}.", slug=pair.slug))


@observed_rule("article-dead-link", WARNING, OURS, "Correct the link in the article.", ArticleObservation, "article")
def article_leads_to_no_other_place(pair: ArticleObservation) -> Iterator[Hit]:
    """The article leads to no listen page that there is not, such as that of an episode that was withdrawn."""
    for slug in pair.dead:
        yield Hit(say("The article leads to the episode {slug}, which there is not.", slug=slug))


@observed_rule(
    "article-canonical",
    WARNING,
    "RFC 6596, section 3",
    "Write that address in episode.yaml.",
    ArticleObservation,
    "article",
)
def article_is_called_so(pair: ArticleObservation) -> Iterator[Hit]:
    """The article's address is the one that its page names as canonical.

    listen-now.js finds the episode by it, and search engines join what they know of both.
    """
    if pair.canonical:
        yield Hit(say("The article calls itself {canonical}.", canonical=pair.canonical))
