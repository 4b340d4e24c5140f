"""The listen page in a real browser: what it loads, plays, follows, finds and keeps."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from sendung.core.model import Person, listen_key
from sendung.website import plan
from sendung.website.render import MOST_FACES
from tests.browser import Opened, until

from .samples import NOW, conversation, full_episode, full_show, make_episode, make_show, objects
from .server import Site, serving

LISTEN = listen_key("xiaomi")


def position(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


BEGINNING = """() => {
    const {played, currentTime: now} = document.querySelector('audio');
    const last = [...Array(played.length).keys()].findLast((n) => played.start(n) <= now && now <= played.end(n));
    return last === undefined ? now : played.start(last);
}"""
"""Where the stretch began that is being heard: a loaded machine may have played a second of it before anybody asks."""


def wait_for_position(page: Page, seconds: float, within: float = 0.5) -> None:
    """Playing from there: what is heard began at most `within` seconds off."""
    until(page, "!document.querySelector('audio').paused && document.querySelector('audio').readyState > 2")
    until(page, f"document.querySelector('audio').currentTime > {seconds - within}")
    assert page.evaluate(BEGINNING) == pytest.approx(seconds, abs=within)


def note_seeks(page: Page) -> None:
    """From now on the page counts the jumps that ended."""
    page.evaluate("window.jumps = 0; addEventListener('seeked', () => jumps++, true)")


def expect_seek(page: Page, seconds: float) -> None:
    """The next jump ends at most half a second off, and it plays from there. Forgets the jump."""
    until(page, "jumps > 0")
    page.evaluate("jumps = 0")
    wait_for_position(page, seconds)


def gz(text: str | bytes) -> int:
    return len(gzip.compress(text.encode() if isinstance(text, str) else text))


def test_the_page_is_light(store: Site) -> None:
    page = store.objects[LISTEN].decode()
    style, script = (re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
    assert style
    assert script
    assert gz(page) <= 30_000
    assert gz(style[1]) <= 6_000
    assert gz(script[1]) <= 8_000
    assert gz(store.objects["e/xiaomi/embed/index.html"]) <= 15_000
    assert gz(store.objects["index.html"]) <= 30_000


def test_a_two_hour_transcript_leaves_the_page_light() -> None:
    episode = full_episode(duration_s=7200, transcript=long_transcript(7200))
    found = {key: data for key, data in objects(full_show("https://cdn.example"), [episode]).items() if "html" in key}
    assert gz(found[LISTEN]) <= 30_000
    assert found["e/xiaomi/transcript/index.html"].count(b"<span data-t=") == len(conversation(7200))


def test_many_faces_leave_the_page_light() -> None:
    faces = [b64encode(Random(n).randbytes(2000)).decode() for n in range(30)]
    crowd = tuple(Person(name="Gast", role="guest", face=f"data:image/webp;base64,{face}") for face in faces)
    found = objects(full_show("https://cdn.example"), [full_episode(guests=crowd)])[LISTEN]
    assert found.count(b'<img src="data:image/webp') == MOST_FACES
    assert gz(found) <= 30_000


def test_faces_ask_for_nothing_and_move_nothing(store: Site, opened: Opened) -> None:
    with opened("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{store.url}/{LISTEN}", wait_until="networkidle")
        faces = page.locator(".people img")
        expect(faces).to_have_count(3)
        boxes = faces.evaluate_all("(all) => all.map((e) => [e.naturalWidth, e.offsetWidth, e.offsetHeight])")
        assert boxes == [[88, 44, 44]] * 3
        assert not [url for url in asked if url.startswith("http") and re.search("sven|sebastian|ada", url)]


def long_transcript(seconds: int) -> dict[str, object]:
    asset = {"key": "assets/xiaomi.vtt", "media_type": "text/vtt", "size": 150_000, "sha256": "0" * 64}
    return {"language": "de", "assets": [asset], "cues": [cue.model_dump() for cue in conversation(seconds)]}


def test_before_play_nothing_is_asked_of_others_and_no_audio_of_the_store(store: Site, opened: Opened) -> None:
    with opened("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script("""
            window.touched = [];
            for (const name of ["getItem", "setItem"]) {
                const real = Storage.prototype[name];
                Storage.prototype[name] = function (...given) { touched.push(name); return real.apply(this, given); };
            }
        """)
        page.goto(f"{store.url}/{LISTEN}", wait_until="networkidle")
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(300)
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(store.url).netloc}
        assert len([url for url in asked if not url.startswith("data:")]) <= 5
        assert not [url for url in asked if "audio/" in url]
        assert page.evaluate("touched") == []
        assert page.evaluate("localStorage.length") == 0
        assert page.context.cookies() == []
        page.click("[data-play]")
        until(page, "touched.includes('setItem')")


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1h2m3s", 3723),
        ("10:00,12:00", 600),
        ("npt:75.5", 75.5),
        ("2m", 120),
        ("1:02:03", 3723),
    ],
)
def test_a_link_with_a_time_plays_from_there(store: Site, opened: Opened, moment: str, seconds: float) -> None:
    with opened(f"{store.url}/{LISTEN}#t={moment}") as page:
        note_seeks(page)
        page.click("[data-play]")
        expect_seek(page, seconds)


def test_a_link_with_a_time_that_makes_no_sense_starts_at_the_beginning(store: Site, opened: Opened) -> None:
    with opened("about:blank") as page:
        for moment in ("", "abc", "1:2:3:4", "%E0%A4", "-5", "1e9", "<b>", "5&t=x"[1:]):
            page.goto("about:blank")
            page.goto(f"{store.url}/{LISTEN}#t={moment}")
            expect(page.locator(".now")).to_have_text("0:00")


def test_a_range_stops_at_its_end(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}#t=10:00,10:01") as page:
        page.click("[data-play]")
        until(page, "document.querySelector('audio').currentTime >= 601")
        until(page, "document.querySelector('audio').paused")
        assert position(page) < 602


def test_chapters_and_cues_play_from_where_they_are(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        note_seeks(page)
        page.click(".chapters a[data-t='433']")
        expect_seek(page, 433)
        assert page.url.endswith("#t=433")
        expect(page.locator(".on-air")).to_have_text("SoftBank pivotet")
        expect(page.locator(".chapters [aria-current=true] b")).to_have_text("SoftBank pivotet")
        page.click(".transcript summary")
        page.click(".cues span[data-t='95']")
        expect_seek(page, 95)
        expect(page.locator(".cues span[aria-current]")).to_have_attribute("data-t", "95")
        page.click(".cues a[data-t='30']")
        expect_seek(page, 30)
        page.evaluate("location.hash = 't=200'")
        expect_seek(page, 200)


def test_the_transcript_follows_and_can_be_told_not_to(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click(".transcript summary")
        page.evaluate("location.hash = 't=500'")
        page.click("[data-play]")
        until(page, "document.querySelector('.scroller').scrollTop > 100")
        cue, box = (page.locator(selector).bounding_box() for selector in (".cues span[aria-current]", ".scroller"))
        assert cue
        assert box
        assert box["y"] <= cue["y"] <= box["y"] + box["height"]
        page.uncheck("[name=along]")
        page.evaluate("document.querySelector('.scroller').scrollTop = 0; location.hash = 't=550'")
        wait_for_position(page, 550)
        assert page.evaluate("document.querySelector('.scroller').scrollTop") == 0


def test_the_player_is_worked_by_keys_and_only_inside_it(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}#t=100") as page:
        page.keyboard.press("k")
        page.wait_for_timeout(100)
        assert page.evaluate("document.querySelector('audio').paused")
        page.focus("[data-play]")
        page.keyboard.press("Enter")
        wait_for_position(page, 100)
        page.keyboard.press("k")
        until(page, "document.querySelector('audio').paused")
        at = position(page)
        for key, by in [("l", 30), ("j", -15), ("ArrowRight", 30), ("ArrowLeft", -15)]:
            page.keyboard.press(key)
            at += by
            assert position(page) == pytest.approx(at, abs=0.3)
        page.keyboard.press("n")
        assert position(page) == pytest.approx(433, abs=0.1)
        page.keyboard.press(">")
        assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
        page.focus(".speed select")
        page.keyboard.press("j")
        assert position(page) == pytest.approx(433, abs=0.1)


def test_every_control_is_reached_by_tab(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click(".transcript summary")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        wanted = page.evaluate("""() => {
            const controls = document.querySelectorAll('a[href],button,select,input,summary,[tabindex="0"]');
            const folded = (e) => e.closest('details:not([open]) > :not(summary)');
            return [...controls].filter((e) => e.checkVisibility() && !folded(e)).length;
        }""")
        seen = set()
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            seen.add(page.evaluate("""() => [...document.querySelectorAll('*')].indexOf(document.activeElement)"""))
        assert len(seen - {-1}) >= wanted


def test_playing_goes_on_where_it_was_and_can_begin_anew(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}#t=300") as page:
        page.click("[data-play]")
        until(page, "Object.keys(localStorage).some((key) => localStorage[key] >= 300)")
        page.goto("about:blank")
        page.goto(f"{store.url}/{LISTEN}")
        expect(page.locator(".resume")).to_be_hidden()
        page.click("[data-play]")
        wait_for_position(page, 300, within=6)
        page.click(".resume")
        wait_for_position(page, 0, within=6)
        expect(page.locator(".resume")).to_be_hidden()
        page.goto("about:blank")
        page.goto(f"{store.url}/{LISTEN}#t=900")
        page.click("[data-play]")
        wait_for_position(page, 900)
        expect(page.locator(".resume")).to_be_hidden()


def test_the_speed_is_kept(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click("[data-play]")
        page.select_option(".speed select", "1.5")
        assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5
        page.reload()
        page.click("[data-play]")
        until(page, "document.querySelector('audio').playbackRate === 1.5")


def test_a_link_is_shared_with_its_time(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}#t=754", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.click(".share summary")
        expect(page.locator(".share .from")).to_have_text("12:34")
        page.check(".share [type=checkbox]")
        page.click("[data-copy=link]")
        expect(page.locator(".share [role=status]")).to_have_text("Kopiert")
        assert page.evaluate("navigator.clipboard.readText()") == f"{store.url}/{LISTEN}#t=754"


def test_the_system_knows_what_is_playing(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}") as page:
        page.click("[data-play]")
        until(page, "!!navigator.mediaSession.metadata")
        told = page.evaluate("(({title, artist, album}) => [title, artist, album])(navigator.mediaSession.metadata)")
        assert told == [full_episode().title, "Sven Kramer & Sebastian Karger", "Gegenwind"]


def test_audio_that_is_gone_is_said_so(opened: Opened) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode()])
        site.objects.pop("audio/xiaomi.wav")
        with opened(f"{site.url}/{LISTEN}", quiet=False) as page:
            page.click("[data-play]")
            expect(page.locator(".trouble")).to_be_visible()


def test_a_two_hour_transcript_is_fetched_and_searched_at_once(opened: Opened) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode(duration_s=7200, transcript=long_transcript(7200))])
        with opened(f"{site.url}/{LISTEN}") as page:
            assert not [path for path in site.requests if "transcript" in path]
            page.click(".transcript summary")
            expect(page.locator(".cues span[data-t]")).to_have_count(len(conversation(7200)))
            slowest = page.evaluate("""async () => {
                const field = document.querySelector('.transcript [type=search]');
                // The best of three rounds: what else runs on the machine is not the page's.
                const best = {};
                for (let round = 0; round < 3; round += 1) {
                    for (const words of ['w', 'wi', 'wid', 'widersprechen', 'widersprec', '', 'e', 'en']) {
                        field.value = words;
                        const began = performance.now();
                        field.dispatchEvent(new InputEvent('input', {bubbles: true}));
                        document.querySelector('.scroller').scrollHeight;
                        best[words] = Math.min(best[words] ?? Infinity, performance.now() - began);
                        await new Promise(requestAnimationFrame);
                    }
                }
                return Math.max(...Object.values(best));
            }""")
            assert slowest <= 50
            page.fill(".transcript [type=search]", "WIDERSPRECHEN")
            hits = page.locator(".cues p:not([hidden])")
            assert 0 < hits.count() <= len(conversation(7200)) / 4
            expect(page.locator(".finder [role=status]")).to_have_text(f"{hits.count()} Stellen")
            assert page.evaluate("CSS.highlights.get('found').size") > 100
            hits.first.locator("a").click()
            wait_for_position(page, float(hits.first.locator("a").get_attribute("data-t") or "nan"))


def test_without_scripts_everything_is_there(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/{LISTEN}", java_script_enabled=False) as page:
        expect(page.locator("audio[controls]")).to_be_visible()
        for text in (
            "Der Artikel zur Folge",
            "Begrüßung",
            "Der Quartalsbericht",
            "Ada Gast",
            "Die Folge als Film",
            "CC-BY-4.0",
            "Pocket Casts",
            "Impressum",
        ):
            expect(page.get_by_text(text).first).to_be_attached()
        expect(page.locator(".transport")).to_be_hidden()
        page.click(".transcript summary")
        expect(page.locator(".cues p").first).to_contain_text("Zahlen anschaut")
        href = page.locator(".chapters a[data-t]").nth(1).get_attribute("href")
        assert href == "../../audio/xiaomi.wav#t=83"


def test_a_browser_that_is_too_old_keeps_its_own_player(store: Site, opened: Opened) -> None:
    with opened("about:blank", quiet=False) as page:
        page.add_init_script("delete Array.prototype.findLast")
        page.goto(f"{store.url}/{LISTEN}")
        expect(page.locator("audio[controls]")).to_be_visible()
        expect(page.locator(".transport")).to_be_hidden()


def test_the_show_page_finds_episodes(store: Site, opened: Opened) -> None:
    with opened(f"{store.url}/index.html") as page:
        page.fill("[type=search]", "schiene")
        expect(page.locator(".episodes > li:visible")).to_have_count(1)
        expect(page.locator(".find [role=status]")).to_have_text("1 Folge")
        page.click(".episodes h3 a:visible")
        assert page.url == f"{store.url}/{listen_key('schiene')}"


def test_the_show_page_finds_episodes_on_its_older_pages(opened: Opened) -> None:
    episodes = [make_episode(f"e{n}", title=f"Nummer {n}.", date=NOW - timedelta(days=500 - n)) for n in range(461)]
    with serving() as site:
        pages = plan(make_show(public_url=site.url), episodes, NOW)
        site.objects |= {page.key: page.render() for page in pages if page.key.startswith(("index", "episodes"))}
        site.objects["assets/cover.jpg"] = b""
        with opened(f"{site.url}/index.html") as page:
            expect(page.locator(".episodes > li:visible")).to_have_count(60)
            assert not [path for path in site.requests if path.startswith("episodes")]
            page.fill("[type=search]", "nummer 7.")
            expect(page.locator(".episodes > li:visible")).to_have_count(1)
            assert page.locator(".episodes h3 a:visible").evaluate("(a) => a.href") == f"{site.url}/{listen_key('e7')}"
            page.fill("[type=search]", "nummer")
            expect(page.locator(".episodes > li:visible")).to_have_count(461)
            page.fill("[type=search]", "")
            expect(page.locator(".episodes > li:visible")).to_have_count(60)


@pytest.mark.parametrize("scripts", [True, False])
def test_old_addresses_lead_to_where_the_episode_is(opened: Opened, scripts: bool) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode(former_slugs=("autos",))])
        with opened("about:blank", java_script_enabled=scripts) as page:
            page.goto(f"{site.url}/{listen_key('autos')}#t=90")
            page.wait_for_url(f"{site.url}/{LISTEN}" + ("#t=90" if scripts else ""))
            page.goto(f"{site.url}/e/autos/embed/index.html")
            page.wait_for_url(f"{site.url}/e/xiaomi/embed/index.html")
