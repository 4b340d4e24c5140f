"""Which pages a show has, and which of them a change touches."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError
from sendung.core.model import Episode, Show, listen_key
from sendung.website import plan
from sendung.website.listen_now import article_name, part_key, part_of

from .samples import NOW, make_episode, make_show, render_pages


def changed(show: Show, before: list[Episode], after: list[Episode]) -> set[str]:
    old = {page.key: page.inputs for page in plan(show, before, NOW)}
    return {page.key for page in plan(show, after, NOW) if old.get(page.key) != page.inputs}


def series(count: int) -> list[Episode]:
    return [make_episode(f"e{n}", date=NOW - timedelta(days=count - n)) for n in range(count)]


def test_an_episode_has_its_pages(show: Show, episode: Episode, now: datetime) -> None:
    keys = [page.key for page in plan(show, [episode], now)]
    assert len(keys) == len(set(keys))
    assert {listen_key("xiaomi"), "e/xiaomi/embed/index.html", "e/xiaomi/oembed.json", "index.html"} <= set(keys)


def test_an_episode_whose_date_has_not_come_is_on_no_page(show: Show, now: datetime) -> None:
    later = make_episode("later", title="Noch geheim", date=now + timedelta(seconds=1))
    pages = render_pages(show, [make_episode(), later], now)
    assert not [key for key, data in pages.items() if "later" in key or b"Noch geheim" in data]


def test_rendering_twice_gives_the_same_bytes(show: Show, now: datetime) -> None:
    pages = render_pages(show, series(3), now)
    assert list(pages.items()) == list(render_pages(show, series(3)[::-1], now).items())


def test_a_new_episode_touches_only_itself_its_neighbour_and_the_lists() -> None:
    show, episodes = make_show(), series(30)
    touched = changed(show, episodes[:-1], episodes)
    assert {key for key in touched if key.startswith("e/")} == {
        listen_key("e28"),
        listen_key("e29"),
        "e/e29/embed/index.html",
        "e/e29/kit.html",
        "e/e29/oembed.json",
    }
    assert touched - {key for key in touched if key.startswith("e/")} == {
        "index.html",
        "listen-now.js",
        "listen-now.json",
    }


def test_an_edited_title_touches_every_page_that_shows_it() -> None:
    episodes = [make_episode(f"e{n}", date=NOW - timedelta(days=3 - n)) for n in range(3)]
    edited = [episodes[0].model_copy(update={"title": "Anders"}), *episodes[1:]]
    before, after = ({p.key: p.render() for p in plan(make_show(), some, NOW)} for some in (episodes, edited))
    assert changed(make_show(), episodes, edited) >= {key for key in after if before[key] != after[key]}
    assert len([key for key in after if before[key] != after[key]]) >= 6


def test_an_older_episode_touches_the_lists_that_say_how_many_there_are() -> None:
    show, episodes = make_show(), series(61)
    assert {"index.html", "episodes/1.html"} <= changed(show, episodes[1:], episodes)


def test_another_length_touches_the_labels_on_articles() -> None:
    show, before = make_show(), make_episode()
    longer = before.model_copy(update={"audio": before.audio.model_copy(update={"duration_s": 4000.0})})
    assert {"listen-now.json", "listen-now.js"} <= changed(show, [before], [longer])


def test_episodes_of_one_moment_stand_by_their_slugs_whatever_their_order() -> None:
    episodes = [make_episode(slug, date=NOW) for slug in ("b", "c", "a")]
    keys = [page.key for page in plan(make_show(), episodes, NOW)]
    assert [key for key in keys if key in {listen_key(slug) for slug in "abc"}] == [listen_key(s) for s in "cba"]


def test_what_pages_do_not_show_touches_none_and_what_they_show_does() -> None:
    episodes = series(3)
    other = make_show(owner={"name": "Neu", "email": "neu@magazin.example"}, feed={"complete": True})
    assert plan(make_show(), episodes, NOW)[0].inputs == plan(other, episodes, NOW)[0].inputs
    asks = make_show(feed={"funding": [{"title": "Danke sagen", "url": "https://magazin.example/danke"}]})
    page = plan(asks, episodes, NOW)[0]
    assert plan(make_show(), episodes, NOW)[0].inputs != page.inputs
    assert b"Danke sagen" in page.render()


def test_a_new_look_touches_every_page(show: Show, episode: Episode, now: datetime, tmp_path: Path) -> None:
    before = {page.inputs for page in plan(show, [episode], now)}
    (tmp_path / "listen.html").write_text("<p>{{ episode.title }}")
    pages = plan(show, [episode], now, tmp_path)
    assert not before & {page.inputs for page in pages}
    assert pages[0].render().startswith(b"<p>Realit")


@pytest.mark.parametrize("language", ["de", "de-AT", "en", "fr", "xx", "pt_BR", ""])
def test_every_language_renders(episode: Episode, now: datetime, language: str) -> None:
    text = next(iter(render_pages(make_show(language=language), [episode], now).values())).decode()
    assert ("Den Artikel lesen" in text) == language.startswith("de")
    assert ("Read the article" in text) != language.startswith("de")


def test_planning_grows_with_the_show_and_no_faster() -> None:
    """A ratio within one run; nothing is rendered while it is planned."""

    def seconds(count: int) -> float:
        show, episodes = make_show(), series(count)
        gc.collect()
        gc.disable()
        started = time.process_time()
        pages = plan(show, episodes, NOW)
        elapsed = time.process_time() - started
        gc.enable()
        assert len(pages) > 3 * count
        return elapsed

    small, large = (min(seconds(count) for _ in range(2)) for count in (100, 1000))
    assert large < 25 * small


def test_a_long_show_keeps_its_older_episodes_on_pages_that_stand_still() -> None:
    show, episodes = make_show(), series(461)
    keys = {page.key for page in plan(show, episodes, NOW)}
    assert _lists(keys) == {f"episodes/{n}.html" for n in (1, 2, 3)}
    touched = changed(show, episodes[:-1], episodes)
    part = part_key(part_of(article_name(episodes[-1].articles[0].url)))
    assert {key for key in touched if not key.startswith("e/")} == {
        "episodes/3.html", "index.html", "listen-now.js", "listen-now.json", part,
    }  # fmt: skip


def _lists(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if key.startswith("episodes/") and not key.startswith("episodes/listen-now/")}


@pytest.mark.parametrize(
    ("count", "lists"),
    [
        (60, {"index.html": 60}),
        (61, {"index.html": 60, "episodes/1.html": 61}),
        (201, {"index.html": 60, "episodes/1.html": 200, "episodes/2.html": 1}),
    ],
)
def test_the_show_page_holds_sixty_episodes_and_other_lists_two_hundred(count: int, lists: dict[str, int]) -> None:
    pages = {page.key: page for page in plan(make_show(), series(count), NOW)}
    assert _lists(pages) == set(lists) - {"index.html"}
    for key, number in lists.items():
        assert len(set(re.findall(r"e/e\d+/index.html", pages[key].render().decode()))) == number


def test_every_episode_of_a_long_show_is_on_some_list() -> None:
    show, episodes = make_show(), series(461)
    lists = [page.render().decode() for page in plan(show, episodes, NOW) if page.key.startswith(("index", "episodes"))]
    for episode in episodes:
        assert any(f'{listen_key(episode.slug)}"' in text for text in lists)


def test_a_mistake_in_a_template_of_the_show_is_told_with_its_line(
    show: Show, episode: Episode, tmp_path: Path
) -> None:
    for text, line in [
        ("<p>\n{% if %}", 2),
        ("\n\n{{ episode.titel }}", 3),
        ("{% extends 'missing.html' %}", 1),
        ("{% extends 'listen.html' %}", 1),
        ("\n{{ 1 / 0 }}", 2),
    ]:
        (tmp_path / "listen.html").write_text(text)
        with pytest.raises(ConfigError) as caught:
            plan(show, [episode], NOW, tmp_path)[0].render()
        place = caught.value.problems[0].place
        assert place
        assert (place.file.name, place.line) == ("listen.html", line)


def test_a_template_of_the_show_may_build_on_the_one_it_replaces(show: Show, episode: Episode, tmp_path: Path) -> None:
    (tmp_path / "listen.html").write_text('{% extends "sendung/listen.html" %}{% block title %}Neu{% endblock %}')
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\xff")
    text = plan(show, [episode], NOW, tmp_path)[0].render().decode()
    assert "<title>Neu</title>" in text
    assert "Kapitel" in text


def test_a_template_of_the_show_that_is_not_utf8_is_told(show: Show, episode: Episode, tmp_path: Path) -> None:
    (tmp_path / "listen.html").write_bytes("Jetzt hören".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        plan(show, [episode], NOW, tmp_path)


def test_the_addresses_of_a_withdrawn_episode_say_so_and_no_more(show: Show, now: datetime) -> None:
    gone = make_episode("weg", title="Geheim", former_slugs=("frueher", "xiaomi"), transcript=None)
    pages = {page.key: page.render() for page in plan(show, [make_episode()], now, withdrawn=[gone])}
    for slug in ("weg", "frueher"):
        for key in (listen_key(slug), f"e/{slug}/embed/index.html", f"e/{slug}/kit.html"):
            assert b"gibt es nicht mehr" in pages[key]
        assert b"html" not in pages[f"e/{slug}/oembed.json"].replace(b"index.html", b"")
    assert not [key for key, data in pages.items() if b"Geheim" in data]
    assert b"Realit" in pages[listen_key("xiaomi")]


def test_an_address_that_two_episodes_had_leads_to_the_newer_one(show: Show, now: datetime) -> None:
    newer, older = (
        make_episode(slug, date=now - timedelta(days=days), former_slugs=("alt",))
        for slug, days in (("neu", 1), ("mittel", 2))
    )
    pages = [page for page in plan(show, [older, newer], now) if page.key == listen_key("alt")]
    assert [b"e/neu/index.html" in page.render() for page in pages] == [True]


def test_a_later_episode_with_the_old_slug_keeps_its_page(show: Show, now: datetime) -> None:
    moved = make_episode("neu", title="Umgezogen", former_slugs=("alt", "noch"))
    keys = [page.key for page in plan(show, [moved, make_episode("alt", title="Wieder da")], now)]
    assert len(keys) == len(set(keys))
    pages = {
        page.key: page.render().decode() for page in plan(show, [moved, make_episode("alt", title="Neu hier")], now)
    }
    assert "Neu hier" in pages[listen_key("alt")]
    assert '../../e/neu/index.html"' in pages[listen_key("noch")]
    assert '../../../e/neu/embed/index.html"' in pages["e/noch/embed/index.html"]
    assert pages["e/noch/oembed.json"] == pages["e/neu/oembed.json"]
