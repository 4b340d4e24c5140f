"""How a show's pages look: templates of its own, and portraits."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from sendung import Desk, Silent, load_show, open_store, publish
from sendung.workflows.publish.due import DUE_KEY
from tests.end_to_end.conftest import FIRST, Workshop

LISTEN = "e/erster-ton/index.html"
OWN = """\
{% extends "sendung/listen.html" %}
{% block title %}Eigener Titel{% endblock %}
{% block main %}
<p>Von uns.</p>
{{ super() }}
{% endblock %}
"""


def test_a_template_of_the_show_is_used_and_a_broken_one_stops_before_anything_is_sent(workshop: Workshop) -> None:
    workshop.write("templates/listen.html", "<p>\n{{ episode.titel }}</p>")
    workshop.write("templates/embed.html", "{% extends 'frame.html' %}")
    for command in ("check", "publish"):
        broken = workshop.run(command, "erster-ton")
        assert broken.code == 3
        reason = "'sendung.core.model.Episode object' has no attribute 'titel'"
        assert f"error: templates/listen.html:2: The template cannot be rendered: {reason}.\n" in broken.err
        missing = "templates/embed.html:1: The template cannot be rendered: there is no template frame.html.\n"
        assert missing in broken.err
    assert workshop.store_files() == {}
    workshop.path("templates/embed.html").unlink()
    workshop.write("templates/listen.html", OWN)
    assert workshop.run("publish", "erster-ton").code == 0
    page = workshop.store_files()[LISTEN].decode()
    assert "<title>Eigener Titel</title>" in page
    assert "<p>Von uns.</p>" in page
    assert "Kapitel" in page


def test_a_template_that_fails_on_a_published_episode_only_stops_before_anything_is_sent(workshop: Workshop) -> None:
    """Its page would be rendered last of all, when the new episode is recorded already."""
    assert workshop.run("publish", "erster-ton").code == 0
    before = workshop.store_files()
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    own = OWN.replace("Von uns.", '{% if episode.slug == "erster-ton" %}{{ episode.titel }}{% endif %}')
    workshop.write("templates/listen.html", own)
    result = workshop.run("publish", "zweiter-ton")
    assert result.code == 3
    assert "error: templates/listen.html:4: The template cannot be rendered: " in result.err
    assert workshop.store_files() == before


def picture(path: Path) -> None:
    Image.linear_gradient("L").resize((900, 700)).save(path)


def test_portraits_are_shown_from_the_store_and_those_elsewhere_only_named_in_the_feed(workshop: Workshop) -> None:
    workshop.write("sven.png", b"no picture")
    workshop.edit("show.yaml", "- name: Sven Kramer", "- name: Sven Kramer\n    image: sven.png")
    guests = "guests:\n  - name: Ada\n    image: ada.png\n  - name: Eve\n    image: https://www.example.org/eve.jpg\n"
    workshop.edit(f"{FIRST}/episode.yaml", "audio: ", f"{guests}audio: ")
    wrong = workshop.run("check")
    assert wrong.code == 3
    assert "show.yaml:13:5: sven.png is not a picture." in wrong.err
    assert "episode.yaml:9:5: ada.png is not there." in wrong.err
    picture(workshop.path("sven.png"))
    picture(workshop.path(f"{FIRST}/ada.png"))
    published = workshop.run("publish", "erster-ton")
    assert published.code == 0, published.err
    files = workshop.store_files()
    page, feed = files[LISTEN].decode(), files["feed.xml"].decode()
    assert len(re.findall('<img src="data:image/webp;base64,[^"]+" alt="" width="44" height="44">', page)) == 2
    assert "eve.jpg" not in page.replace('"image":"https://www.example.org/eve.jpg"', "")
    assert 'img="https://www.example.org/eve.jpg"' in feed
    portraits = set(re.findall('img="https://cdn.example.org/show/(assets/[^"]+)"', feed))
    assert portraits
    assert portraits <= set(files)
    assert "Nothing was sent" in workshop.run("publish", "erster-ton").out
    picture(workshop.path(f"{FIRST}/ada.png").with_suffix(".jpg"))
    workshop.path(f"{FIRST}/ada.jpg").replace(workshop.path(f"{FIRST}/ada.png"))
    assert "ada.png is a JPEG" in workshop.run("publish", "erster-ton").err, "a new picture is an edit"


@pytest.fixture
def styled(workshop: Workshop) -> Workshop:
    """A show that is published with a template of its own."""
    workshop.write("templates/listen.html", OWN)
    result = workshop.run("publish", "erster-ton")
    assert result.code == 0, result.err
    return workshop


def without_templates(styled: Workshop, tmp_path: Path) -> Workshop:
    """Another machine, with show.yaml but without templates, that has never seen the store."""
    folder = shutil.copytree(styled.folder, tmp_path / "cron", ignore=shutil.ignore_patterns("public", "templates"))
    return Workshop(folder, tmp_path / "cron-cache", {"SENDUNG_STORE": str(styled.path("public"))})


def test_a_machine_without_the_templates_renders_with_the_published_ones(styled: Workshop, tmp_path: Path) -> None:
    before = styled.store_files()
    cron = without_templates(styled, tmp_path)
    assert cron.run("publish", "--due").code == 0
    after = styled.store_files()
    after.pop(DUE_KEY)
    assert after == before, "nothing was rendered otherwise"
    assert cron.run("rebuild").code == 0
    assert "<p>Von uns.</p>" in styled.store_files()[LISTEN].decode()
    cron.edit("show.yaml", "Zwei Töne", "Drei Töne")
    edited = cron.run("publish", "--all")
    assert edited.code == 0, edited.err
    page = styled.store_files()[LISTEN].decode()
    assert "<p>Von uns.</p>" in page
    assert "Drei Töne" in page
    assert cron.run("publish", "--all", "--json").json["sent"]["objects"] == 0
    assert cron.run("publish", "--all", "--override", "show").code == 0
    assert "<p>Von uns.</p>" not in styled.store_files()[LISTEN].decode(), "that is how they are taken away"


def test_a_changed_template_is_an_edit_of_the_show_and_an_old_one_is_stale(
    styled: Workshop, second_host: Callable[[], Workshop], tmp_path: Path
) -> None:
    other = second_host()
    styled.edit("templates/listen.html", "Von uns.", "Von uns allen.")
    assert styled.run("rebuild").code == 0
    assert "Von uns." in styled.store_files()[LISTEN].decode(), "it is not published yet"
    rehearsed = styled.run("publish", "erster-ton", "--dry-run")
    assert rehearsed.code == 0, rehearsed.err
    assert styled.run("publish", "erster-ton").code == 0
    assert "Von uns allen." in styled.store_files()[LISTEN].decode()
    stale = other.run("publish", "--all")
    assert "show.yaml is an older one than the published one" in stale.err
    assert "listen.html was replaced" in stale.err
    assert "Von uns allen." in styled.store_files()[LISTEN].decode()
    styled.path("templates/listen.html").unlink()
    assert styled.run("publish", "erster-ton").code == 0
    assert "Von uns" not in styled.store_files()[LISTEN].decode()
    assert without_templates(styled, tmp_path).run("rebuild").code == 0
    assert "Von uns" not in styled.store_files()[LISTEN].decode()


def test_a_template_that_was_damaged_in_the_store_is_said_and_nothing_is_rendered(
    styled: Workshop, tmp_path: Path
) -> None:
    [key] = [
        key
        for key in styled.store_files()
        if key.endswith(".txt") and key.startswith("assets/") and b"Von uns" in styled.store_files()[key]
    ]
    styled.path(f"public/{key}").write_text("<p>Fremd</p>", "utf-8")
    page = styled.store_files()[LISTEN]
    result = without_templates(styled, tmp_path).run("rebuild")
    assert result.code == 6
    assert f"{key} is not the template that was published." in result.err
    assert styled.store_files()[LISTEN] == page


def test_a_template_may_include_templates_only(workshop: Workshop) -> None:
    workshop.write("templates/listen.html", "{% include 'part.txt' %}")
    workshop.write("templates/part.txt", "Von uns.")
    result = workshop.run("check")
    assert result.code == 3
    assert "there is no template part.txt, for its name would end in .html." in result.err


def test_a_program_that_publishes_through_the_library_keeps_the_look(styled: Workshop, tmp_path: Path) -> None:
    styled.add_episode("zweiter-ton", "Der zweite Ton", 240)
    show = load_show(styled.folder)
    desk = Desk(by="cms", clock=lambda: datetime.now(UTC), cache=tmp_path / "cms")
    outcome = publish([styled.path("episodes/zweiter-ton")], show, open_store(show), desk, Silent())
    assert outcome.error is None
    files = styled.store_files()
    assert all("<p>Von uns.</p>" in files[f"e/{slug}/index.html"].decode() for slug in ("erster-ton", "zweiter-ton"))
