"""A draft on localhost: what the browser shows, and what happens when a file is saved."""

from __future__ import annotations

import re
import urllib.request
from urllib.error import HTTPError

from playwright.sync_api import FrameLocator, expect

from tests.browser import Opened, until
from tests.end_to_end.conftest import FIRST, Workshop
from tests.workflows.preview.conftest import NOTES, Preview

DRAFT = f"{FIRST}/episode.yaml"
PAGE = "e/erster-ton/index.html"
Studio = tuple[Workshop, Preview]


def fetch(url: str, **headers: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers["content-type"] or "", error.read()


def inside(page: object) -> FrameLocator:
    return page.frame_locator("iframe")  # type: ignore[attr-defined, no-any-return]


def test_the_draft_plays_and_its_bar_says_what_it_is(studio: Studio, opened: Opened) -> None:
    _, preview = studio
    with opened(f"{preview.address}{PAGE}#t=4") as page:
        expect(page.locator(".state")).to_have_text("new draft")
        expect(page.locator("header")).to_contain_text("public from 2031-11-01 06:00")
        expect(inside(page).get_by_role("heading", level=1)).to_have_text("Der erste Ton")
        expect(inside(page).get_by_text("Der nullte Ton")).to_be_visible()
        inside(page).locator("[data-play]").click()
        expect(inside(page).locator(".now")).to_have_text("0:05")
        assert page.title() == "Preview: Der erste Ton – Zwei Töne"


def test_what_is_saved_shows_without_loading_anew(studio: Studio, opened: Opened) -> None:
    workshop, preview = studio
    with opened(preview.address + PAGE) as page:
        expect(inside(page).get_by_text("Was wir gehört haben.")).to_be_visible()
        page.evaluate("window.same = true")
        workshop.write(f"{FIRST}/notes.md", "Was wir **nicht** gehört haben.\n")
        expect(inside(page).get_by_text("Was wir nicht gehört haben.")).to_be_visible()
        workshop.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
        expect(inside(page).get_by_role("heading", level=1)).to_have_text("Der allererste Ton")
        workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
        expect(inside(page).locator(".brand")).to_have_text("Drei Töne")
        assert page.evaluate("window.same")
        workshop.edit("show.yaml", "title: Drei Töne", "title: Zwei Töne")
        workshop.edit(DRAFT, "Der allererste Ton", "Der erste Ton")
        workshop.write(f"{FIRST}/notes.md", NOTES)
        expect(inside(page).get_by_text("Was wir gehört haben.")).to_be_visible()


def test_a_mistake_is_told_with_its_line_and_goes_with_the_next_save(studio: Studio, opened: Opened) -> None:
    workshop, preview = studio
    with opened(preview.address + PAGE, quiet=False, viewport={"width": 900, "height": 400}) as page:
        expect(inside(page).get_by_role("heading", level=1)).to_have_text("Der erste Ton")
        page.frames[1].evaluate("scrollTo(0, 123)")
        printed = len(preview.lines)
        workshop.edit(DRAFT, "summary:", "sumary:")
        expect(inside(page).get_by_text('Unknown key "sumary".')).to_be_visible()
        expect(inside(page).get_by_text('Did you mean "summary"?')).to_be_visible()
        expect(inside(page).get_by_text(f"{DRAFT}:6:1")).to_be_visible()
        preview.until(f'error: {DRAFT}:6:1: Unknown key "sumary".', printed)
        expect(page.locator(".state")).to_have_text("has mistakes")
        assert fetch(f"{preview.address}feed.xml")[0] == 503
        workshop.edit(DRAFT, "sumary:", "summary:")
        expect(inside(page).get_by_role("heading", level=1)).to_have_text("Der erste Ton")
        expect(page.locator(".state")).to_have_text("new draft")
        until(page.frames[1], "scrollY === 123")


def test_a_mistake_in_a_template_of_the_shows_own_is_told_too(studio: Studio, opened: Opened) -> None:
    workshop, preview = studio
    with opened(preview.address + PAGE, quiet=False) as page:
        workshop.write("templates/listen.html", "{{ nothing.there }}")
        expect(inside(page).get_by_text("templates/listen.html:1")).to_be_visible()
        workshop.write(
            "templates/listen.html", '{% extends "sendung/listen.html" %}{% block title %}Eigen{% endblock %}'
        )
        expect(page).to_have_title("Preview: Eigen")
        workshop.path("templates/listen.html").unlink()
        expect(page).to_have_title("Preview: Der erste Ton – Zwei Töne")


def test_the_embed_has_the_size_that_it_gets_in_articles(studio: Studio, opened: Opened) -> None:
    _, preview = studio
    with opened(preview.address + PAGE) as page:
        page.get_by_role("link", name="Embed").click()
        # The listen page has a button to play, too: until it has gone, its frame would be measured.
        expect(page.locator("iframe")).to_have_css("width", "600px")
        expect(inside(page).locator("[data-play]")).to_be_visible()
        box = page.locator("iframe").bounding_box()
        assert box
        assert (box["width"], box["height"]) == (600, 200)


def test_all_drafts_are_on_the_first_page(studio: Studio, opened: Opened) -> None:
    _, preview = studio
    with opened(preview.address) as page:
        expect(page.locator("section")).to_contain_text("−19.0 LUFS")
        page.get_by_role("link", name="Der erste Ton").click()
        expect(inside(page).get_by_role("heading", level=1)).to_have_text("Der erste Ton")


def test_the_board_has_cards_and_a_button_that_names_the_command_and_sends_nothing(
    studio: Studio, opened: Opened
) -> None:
    workshop, preview = studio
    before = workshop.store_files()
    with opened(preview.address) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.method))
        draft = page.locator(".draft").first
        for words in (
            "Loudness",
            "→ −19.0 LUFS, true peak",
            "Chapters",
            "https://www.example.org/erster-ton",
            "Address",
        ):
            expect(draft.locator("dl")).to_contain_text(words)
        assert draft.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
        expect(draft.get_by_text("sendung publish erster-ton")).to_be_hidden()
        draft.get_by_text("Publish", exact=True).click()
        expect(draft.get_by_text("sendung publish erster-ton")).to_be_visible()
        expect(draft.get_by_text("This page only looks.")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(25, 27, 24)", "the pages' own ink"
        assert set(asked) <= {"GET"}
    assert workshop.store_files() == before


def test_feed_and_pages_are_those_that_the_publish_then_makes(studio: Studio) -> None:
    workshop, preview = studio
    store = workshop.store_files()
    feed = fetch(f"{preview.address}feed.xml")[2].decode()
    assert re.findall("<title>(Der .*)</title>", feed) == ["Der erste Ton", "Der nullte Ton"]
    [older] = [key for key in store if key.startswith("audio/nullter-ton")]
    assert fetch(preview.address + older)[2] == store[older]
    printed = len(preview.lines)
    workshop.edit(DRAFT, "2031-11-01", "2026-11-01")  # else its page comes in 2031
    preview.until(f"{DRAFT}: shown", printed)
    page = fetch(preview.address + PAGE)[2]
    enclosure = re.findall('enclosure url="(.*?audio/erster-ton.*?)"', fetch(f"{preview.address}feed.xml")[2].decode())
    assert workshop.store_files() == store, "the preview has written into the store"

    mastered = set(workshop.cache.glob("*.mp3"))
    assert workshop.run("publish", "erster-ton").code == 0
    assert set(workshop.cache.glob("*.mp3")) == mastered, "mastered twice"
    published = workshop.store_files()
    [audio] = [key for key in published if key.startswith("audio/erster-ton")]
    assert enclosure == [preview.address + audio]
    assert fetch(enclosure[0])[2] == published[audio]
    assert page == published[PAGE]

    result = workshop.run("preview", "--port", "0")
    assert result.code == 2
    assert "There is no draft that is new or edited." in result.err
    assert "Name the episode to look at: erster-ton, nullter-ton." in result.err
