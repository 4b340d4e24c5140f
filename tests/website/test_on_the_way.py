"""Listening on the way: a network that breaks, other pages and players meanwhile, and coming back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sendung.core.model import listen_key
from tests.browser import Opened, until

from .samples import full_episode, full_show, objects
from .server import Site, serving
from .test_listening import wait_for_position

LISTEN = listen_key("xiaomi")
EMBED = "e/xiaomi/embed/index.html"
PAUSED = "document.querySelector('audio').paused"


@pytest.mark.parametrize(("key", "mended"), [(LISTEN, "online"), (EMBED, "play")])
def test_after_a_break_in_the_network_it_plays_on_from_there(opened: Opened, key: str, mended: str) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode()])
        with opened(f"{site.url}/{key}", quiet=False) as page:
            page.click("[data-play]")
            wait_for_position(page, 0)
            site.down = True
            page.evaluate("location.hash = 't=3000'")
            expect(page.locator(".on-air")).to_have_text("lädt …")
            expect(page.locator(".player.waiting")).to_have_count(1)
            site.down = False
            if mended == "online":
                page.evaluate("dispatchEvent(new Event('online'))")
            else:
                page.click("[data-play]")
                until(page, PAUSED)
                page.click("[data-play]")
            wait_for_position(page, 3000)
            expect(page.locator(".on-air")).not_to_have_text("lädt …")
            expect(page.locator(".trouble")).to_be_hidden()


def test_it_tries_again_by_itself(opened: Opened) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode()])
        with opened(f"{site.url}/{LISTEN}#t=100", quiet=False) as page:
            site.down = True
            page.click("[data-play]")
            expect(page.locator(".trouble")).to_be_visible()
            expect(page.locator(".on-air")).to_have_text("lädt …")
            site.down = False
            wait_for_position(page, 100)
            expect(page.locator(".trouble")).to_be_hidden()
            page.click("[data-play]")
            until(page, PAUSED)


def test_a_link_that_is_followed_while_it_plays_opens_beside(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}#t=200") as page:
        page.click("[data-play]")
        wait_for_position(page, 200)
        with page.expect_popup() as beside:
            page.click(".neighbours a")
        beside.value.wait_for_load_state()
        assert beside.value.url == f"{store.url}/{listen_key('strom')}"
        assert not page.evaluate(PAUSED)
        page.click("[data-play]")
        page.click(".brand")
        page.wait_for_url(f"{store.url}/index.html")
        page.go_back()
        page.evaluate("location.hash = ''")
        page.reload()
        page.click("[data-play]")
        wait_for_position(page, 200, within=6)


def test_one_player_at_a_time(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click("[data-play]")
        wait_for_position(page, 0)
        other = page.context.new_page()
        other.goto(f"{store.url}/{EMBED}")
        other.click("[data-play]")
        until(page, PAUSED)
        wait_for_position(other, 0, within=6)


def test_the_embed_keeps_speed_and_place(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{EMBED}#t=400") as page:
        page.click("[data-play]")
        page.select_option(".speed select", "3")
        until(page, "Object.keys(localStorage).some((key) => localStorage[key] >= 400)")
        page.goto("about:blank")
        page.goto(f"{store.url}/{EMBED}")
        page.click("[data-play]")
        until(page, "document.querySelector('audio').playbackRate === 3")
        until(page, "document.querySelector('audio').currentTime >= 400")
