"""Long feeds: the newest in feed.xml, the others on pages that stay as they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sendung.core.model import Episode, Show
from sendung.core.podcasting20 import FeedOptions
from sendung.feed import archive, older, read, render
from sendung.feed.document import Feed
from sendung.feed.paging import MAX_BYTES
from tests.feed.shows import BUILT, NOW, SHOW, episode


def show_of(items: int | None) -> Show:
    return SHOW.model_copy(update={"feed": FeedOptions(items=items)})


def episodes_of(count: int) -> list[Episode]:
    return [episode(n, date=NOW - timedelta(days=count - n)) for n in range(1, count + 1)]


def guids(feed: Feed) -> list[str]:
    return [item.value("guid") for item in feed.items]


def links(feed: Feed) -> dict[str, str]:
    return {link.attributes["rel"]: link.attributes["href"] for link in feed.channel.every("atom:link")}


def documents(show: Show, episodes: list[Episode]) -> dict[str, Feed]:
    pages = {page.key: read(page.render()) for page in archive(show, episodes, NOW)}
    return {"feed.xml": read(render(show, episodes, NOW, BUILT)), **pages}


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 24, 25])
@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 25])
def test_every_episode_is_on_one_page_and_no_page_is_too_long(limit: int, count: int) -> None:
    episodes = episodes_of(count)
    found = documents(show_of(limit), episodes)
    assert [guid for feed in found.values() for guid in guids(feed)] == [e.guid for e in reversed(episodes)]
    assert all(len(feed.items) <= limit for feed in found.values())
    assert (len(found) > 1) == (count > limit)


def test_pages_link_each_other() -> None:
    found = documents(show_of(10), episodes_of(17))
    assert list(found) == ["feed.xml", "feed/2.xml", "feed/1.xml"]
    address = SHOW.public_url
    ends = {"first": f"{address}/feed.xml", "last": f"{address}/feed/1.xml"}
    assert links(found["feed.xml"]) == {
        "self": f"{address}/feed.xml", **ends, "next": f"{address}/feed/2.xml"
    }  # fmt: skip
    assert links(found["feed/2.xml"]) == {
        "self": f"{address}/feed/2.xml", **ends,
        "previous": f"{address}/feed.xml", "next": f"{address}/feed/1.xml",
    }  # fmt: skip
    assert links(found["feed/1.xml"]) == {
        "self": f"{address}/feed/1.xml", **ends, "previous": f"{address}/feed/2.xml"
    }  # fmt: skip


def test_feed_of_one_page_links_itself_only() -> None:
    assert list(links(documents(show_of(10), episodes_of(10))["feed.xml"])) == ["self"]


def test_new_episodes_change_no_older_page_until_the_feed_is_full() -> None:
    show, all_of_them = show_of(10), episodes_of(21)

    def pages(count: int) -> dict[str, tuple[str, bytes]]:
        return {page.key: (page.inputs, page.render()) for page in archive(show, all_of_them[:count], NOW)}

    assert pages(16).keys() == {"feed/2.xml", "feed/1.xml"}
    assert pages(20) == pages(16)
    assert pages(21).keys() == {"feed/3.xml", "feed/2.xml", "feed/1.xml"}
    assert pages(21)["feed/1.xml"] == pages(16)["feed/1.xml"]


def test_page_inputs_tell_what_changes_its_bytes() -> None:
    show, episodes = show_of(2), episodes_of(4)
    (page, *_) = archive(show, episodes, NOW)
    renamed = show.model_copy(update={"title": "Anders"})
    edited = [e.model_copy(update={"title": "Anders"}) for e in episodes]
    for other in (archive(renamed, episodes, NOW)[0], archive(show, edited, NOW)[0]):
        assert other.inputs != page.inputs
        assert other.render() != page.render()
    heard = [e.model_copy(update={"transcript": None}) for e in episodes]
    assert archive(show, heard, NOW)[0].inputs != page.inputs


def with_notes(feed: Feed) -> list[bool]:
    return [item.first("content:encoded") is not None for item in feed.items]


def test_without_a_limit_every_episode_is_listed_and_older_ones_go_without_their_notes_first() -> None:
    heavy = [e.model_copy(update={"notes": "Wort und Satz. " * 800}) for e in episodes_of(300)]
    [(key, feed)] = documents(show_of(None), heavy).items()
    assert (key, len(feed.items)) == ("feed.xml", 300)
    assert 0.9 * MAX_BYTES < feed.size <= MAX_BYTES
    kept = sum(with_notes(feed))
    assert with_notes(feed) == [True] * kept + [False] * (300 - kept)
    assert 0 < kept < 300
    assert all(item.value("description") for item in feed.items)


def test_a_show_of_120_episodes_with_long_notes_is_listed_with_all_of_them() -> None:
    heavy = [e.model_copy(update={"notes": "Wort und Satz. " * 800}) for e in episodes_of(120)]
    [feed] = documents(show_of(None), heavy).values()
    assert with_notes(feed) == [True] * 120


def test_only_what_does_not_fit_without_notes_goes_to_pages() -> None:
    heavy = [e.model_copy(update={"notes": "Wort und Satz. " * 800}) for e in episodes_of(2500)]
    found = documents(show_of(None), heavy)
    assert sorted(guid for feed in found.values() for guid in guids(feed)) == sorted(e.guid for e in heavy)
    assert all(feed.size <= MAX_BYTES for feed in found.values())
    assert older(show_of(None), heavy, NOW) == 2500 - len(found["feed.xml"].items) > 0


def test_a_number_of_the_shows_own_keeps_all_notes() -> None:
    heavy = [e.model_copy(update={"notes": "Wort und Satz. " * 800}) for e in episodes_of(300)]
    [feed] = documents(show_of(0), heavy).values()
    assert all(with_notes(feed))
