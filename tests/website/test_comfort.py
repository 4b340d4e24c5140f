"""What makes a page pleasant: finding a passage, chapters, volume, sleep, other languages, narrow screens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sendung.core.model import Chapter, Cue, Show, listen_key
from tests.browser import Opened, until

from .samples import NOW, asset, full_episode, full_show, make_episode, objects
from .server import Site, serving
from .test_listening import expect_seek, note_seeks, wait_for_position

LISTEN = listen_key("xiaomi")
LONG = "Donaudampfschifffahrtsgesellschaftskapitän"
TALK = (
    ("Sven Kramer", "Die Förderung von Straßen."),
    ("Sebastian Karger", "Etwas anderes."),
    ("Sven Kramer", "Noch eine Forderung nach Strassen."),
    ("Ada Gast", f"Bei https://magazin.example/{'eine/lange/adresse/' * 4} steht {LONG}."),
)


def talk() -> dict[str, Any]:
    cues = [
        Cue(start_ms=70_000 * at, end_ms=70_000 * at + 900, text=text, speaker=speaker)
        for at, (speaker, text) in enumerate(TALK)
    ]
    file = asset("assets/x.vtt", "text/vtt")
    return {"language": "de", "assets": [file.model_dump()], "cues": [cue.model_dump() for cue in cues]}


def chapters(count: int) -> tuple[Chapter, ...]:
    picture = asset("assets/article.png", "image/png")
    return tuple(
        Chapter(start_ms=60_000 * n, title=f"{LONG} {n}", image=picture if n == 1 else None) for n in range(count)
    )


def long_words(show: Show, **changes: Any) -> dict[str, bytes]:
    """A store whose every text has a word that is wider than a phone."""
    address = "https://magazin.example/" + "eine/sehr/lange/adresse/" * 5
    notes = f"## {LONG} {LONG}\n\nBei 12:34 und 1:02:03 um {address} und {LONG}.\n\n"
    notes += f"| {LONG} | {LONG} |\n|--|--|\n| 1 | 2 |\n"
    facts = {"title": f"{LONG}: {LONG}", "summary": f"{LONG} {address}", "notes": notes, "transcript": talk()}
    episodes = [
        full_episode(**(facts | {"chapters": chapters(14), "keywords": ("Zölle", "Autos")} | changes)),
        make_episode("neu", title=LONG, date=NOW - timedelta(days=1), season=2, transcript=None),
        make_episode(
            "alt", title="Zölle", date=NOW - timedelta(days=9), keywords=("zölle",), season=1, transcript=None
        ),
    ]
    return objects(show, episodes)


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("de", 320),
        ("ar", 320),
        *(
            pytest.param(language, width, marks=pytest.mark.soak)
            for language in ("de", "en", "ar")
            for width in (320, 390, 768, 1280)
        ),
    ],
)
def test_no_page_is_wider_than_its_screen(opened: Opened, language: str, width: int) -> None:
    with serving() as site:
        site.objects |= long_words(full_show(site.url, language=language, title=f"{LONG} {LONG}", age_notice=1))
        pages = [key for key in site.objects if key.endswith(".html") and "/alt/" not in key and "/neu/" not in key]
        with opened("about:blank", viewport={"width": width, "height": 700}) as page:
            for key in sorted(pages):
                page.goto(f"{site.url}/{key}")
                if key == LISTEN:
                    page.click(".transcript summary")
                    page.click("[data-play]")
                    page.click(".share summary")
                wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert wide[0] <= wide[1], key


ROWS = """() => {
    const middles = [...document.querySelectorAll('.main > *, .more > *')].filter((e) => e.checkVisibility())
        .map((e) => e.getBoundingClientRect()).map((box) => Math.round((box.top + box.bottom) / 12));
    return [...new Set(middles)].map((middle) => middles.filter((other) => other === middle).length);
}"""
"""How many of the player's controls stand beside each other, a number a row."""


@pytest.mark.parametrize("language", ["de", *(pytest.param(name, marks=pytest.mark.soak) for name in ("en", "ar"))])
def test_no_control_of_the_player_stands_alone(opened: Opened, language: str) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url, language=language), [full_episode()])
        with opened(f"{site.url}/{LISTEN}") as page:
            for width in (320, 340, 375, 400, 414, 430, 600, 768, 959, 962, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert min(page.evaluate(ROWS)) > 1, width


@pytest.mark.parametrize("language", ["ar", pytest.param("he", marks=pytest.mark.soak), "de"])
def test_the_dial_seeks_where_one_clicks(opened: Opened, language: str) -> None:
    with serving() as site:
        site.objects |= long_words(full_show(site.url, language=language))
        with opened(f"{site.url}/{LISTEN}") as page:
            assert page.evaluate("document.dir || 'ltr'") == ("ltr" if language == "de" else "rtl")
            box = page.locator(".face").bounding_box()
            assert box
            page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 20)
            place = page.evaluate("document.querySelector('.seek').value / document.querySelector('.seek').max")
            assert place == pytest.approx(0.25, abs=0.03)
            assert page.evaluate("document.querySelector('.needle').getAttribute('x1')")[:2] in {"24", "25", "26"}


@pytest.fixture
def words(opened: Opened) -> Any:
    with serving() as site:
        site.objects |= long_words(full_show(site.url))
        with opened(f"{site.url}/{LISTEN}", viewport={"width": 390, "height": 700}) as page:
            yield page


def test_a_search_finds_what_is_meant(words: Page) -> None:
    words.click(".transcript summary")
    field = words.locator(".transcript [type=search]")
    for query, hits in [("forderung", 2), ("FÖRDERUNG", 2), ("strassen", 2), ("straßen", 2), ("etwas", 1), ("xyz", 0)]:
        field.fill(query)
        expect(words.locator(".cues p:not([hidden])")).to_have_count(hits)
        assert words.evaluate("CSS.highlights.get('found').size") == hits
        speakers = words.locator(".cues h3:not([hidden])")
        expect(speakers).to_have_count(hits)
    field.fill("forderung")
    words.locator(".scroller").evaluate("(e) => { e.style.maxHeight = '4rem'; }")
    seen = "(e) => { const at = [...CSS.highlights.get('hit')][0].getBoundingClientRect(); "
    seen += "const box = e.getBoundingClientRect(); return at.top >= box.top && at.bottom <= box.bottom; }"
    said = "[...CSS.highlights.get('hit')][0].toString()"
    assert words.evaluate(said) == "Förderung"
    words.click("[data-step='1']")
    assert words.evaluate(said) == "Forderung"
    assert words.locator(".scroller").evaluate(seen)
    field.press("Enter")
    assert words.evaluate(said) == "Förderung"
    assert words.locator(".scroller").evaluate(seen)
    field.press("Shift+Enter")
    assert words.evaluate(said) == "Forderung"


def test_a_link_to_a_passage_opens_it(words: Page) -> None:
    words.click(".transcript summary")
    words.click(".cues a[data-t='140']")
    address = words.url
    assert address.endswith("#t=140&transcript")
    words.goto("about:blank")
    words.goto(address)
    passage = words.locator(".cues [data-t='140'][aria-current]")
    expect(passage).to_be_in_viewport()
    expect(words.locator(".now")).to_have_text("2:20")


def test_times_in_the_notes_play_from_there(words: Page) -> None:
    note_seeks(words)
    words.click(".notes a[data-t='754']")
    expect_seek(words, 754)
    expect(words.locator(".notes a[data-t='3723']")).to_have_text("1:02:03")


def test_many_chapters_fold_on_a_phone(words: Page) -> None:
    shown = words.locator(".chapters li:visible")
    expect(shown).to_have_count(8)
    words.evaluate("location.hash = 't=725'")
    words.click("[data-play]")
    wait_for_position(words, 725)
    expect(shown).to_have_count(9)
    words.get_by_role("button", name="Alle 14 Kapitel").click()
    expect(shown).to_have_count(14)
    words.click("[data-chapter='-1']")
    wait_for_position(words, 660)
    words.click("[data-chapter='1']")
    wait_for_position(words, 720)


def test_a_chapter_shows_its_picture(words: Page) -> None:
    cover = words.locator(".opening .cover")
    usual = cover.get_attribute("src")
    words.evaluate("location.hash = 't=61'")
    words.click("[data-play]")
    expect(cover).to_have_attribute("src", "../../assets/article.png")
    words.click("[data-chapter='1']")
    expect(cover).not_to_have_attribute("src", "../../assets/article.png")
    assert usual
    assert str(cover.get_attribute("src")).endswith(usual.removeprefix("../.."))


def test_an_active_chapter_does_not_jump(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        box = page.locator(".chapters a[data-t='433'] b").bounding_box()
        page.click(".chapters a[data-t='433']")
        wait_for_position(page, 433)
        after = page.locator(".chapters a[data-t='433'] b").bounding_box()
        assert box
        assert after
        assert (after["x"], after["y"]) == (box["x"], box["y"])


def test_volume_mute_and_sleep(store: Site, opened: Opened) -> None:
    with opened("about:blank") as page:
        page.clock.install()
        page.goto(f"{store.url}/{LISTEN}#t=80")
        page.fill(".volume", "0.5")
        page.click("[data-mute]")
        assert page.evaluate("(({volume, muted}) => [volume, muted])(document.querySelector('audio'))") == [0.5, True]
        expect(page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-mute] .halt")).to_be_visible()
        page.click("[data-play]")
        until(page, "document.querySelector('audio').currentTime > 80")
        page.select_option(".sleep select", "15")
        page.clock.run_for(14 * 60_000)
        assert not page.evaluate("document.querySelector('audio').paused")
        page.clock.run_for(61_000)
        assert page.evaluate("document.querySelector('audio').paused")
        page.evaluate("location.hash = 't=81.5'")
        page.click("[data-play]")
        page.select_option(".sleep select", "chapter")
        until(page, "document.querySelector('audio').paused")
        assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(83, abs=0.6)
        expect(page.locator(".sleep select")).to_have_value("")


def test_escape_closes_share(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click(".share summary")
        page.focus("[name=link]")
        page.keyboard.press("Escape")
        expect(page.locator("[name=link]")).to_be_hidden()
        assert page.evaluate("document.activeElement.localName") == "summary"


@pytest.mark.parametrize(("days", "old"), [(100, False), (200, True)])
def test_an_old_episode_says_so(opened: Opened, days: int, old: bool) -> None:
    with serving() as site:
        site.objects |= long_words(full_show(site.url, age_notice=180))
        with opened("about:blank") as page:
            page.clock.install(time=NOW + timedelta(days=days))
            page.goto(f"{site.url}/{LISTEN}")
            expect(page.locator(".age")).to_be_visible(visible=old)
            if old:
                expect(page.locator(".age")).to_contain_text("20. November 2026")


def test_more_topics_are_those_of_the_same_keywords_then_the_newest(words: Page) -> None:
    words.locator("footer").scroll_into_view_if_needed()
    expect(words.locator(".topics a")).to_have_text(["Zölle", LONG, "Alle Folgen"])
    words.locator(".topics a").first.click()
    expect(words.locator("h1")).to_have_text("Zölle")


def test_the_show_page_plays_and_tells_what_is_left(opened: Opened) -> None:
    with serving() as site:
        site.objects |= long_words(full_show(site.url))
        with opened("about:blank") as page:
            page.add_init_script(
                "localStorage.getItem('sendung:guid-alt') ?? localStorage.setItem('sendung:guid-alt', 1440)"
            )
            page.goto(f"{site.url}/index.html")
            expect(page.locator(".season")).to_have_text(["Staffel 2", "Staffel 1"])
            expect(page.locator("[data-guid=guid-alt] .left")).to_have_text("")
            page.click("[data-guid=guid-xiaomi] [data-audio]")
            until(page, "document.querySelector('audio').currentTime > 0")
            expect(page.locator(".bar a")).to_contain_text(LONG)
            expect(page.locator("[data-guid=guid-alt] .left")).to_have_text("noch 18 Min.")
            page.click(".bar .play")
            until(page, "document.querySelector('audio').paused")


APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(("agent", "first"), [(APPLE, "Apple Podcasts"), (ANDROID, "Pocket Casts")])
@pytest.mark.parametrize("key", [LISTEN, "index.html"])
def test_the_way_to_subscribe_that_fits_comes_first(
    store: Site, opened: Opened, agent: str, first: str, key: str
) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with opened(f"{store.url}/{key}", user_agent=agent, permissions=rights) as page:
        expect(page.locator(".subscribe > ul a")).to_have_text([first, "Feed-Adresse kopieren"])
        page.get_by_role("button", name="Feed-Adresse kopieren").click()
        expect(page.locator("[data-feed]")).to_have_text("Kopiert")
        assert page.evaluate("navigator.clipboard.readText()") == f"{store.url}/feed.xml"
        page.click(".subscribe summary")
        names = page.locator(".subscribe details a").all_inner_texts()
        assert {"Overcast", "Spotify", "AntennaPod"} <= set(names)
        assert first not in names
