"""The keys of show.yaml and episode.yaml: documented, checked, and published."""
# ruff: noqa: E501 - YAML that uses every key reads better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from make_reference import FILES, key_ways, with_reference
from PIL import Image
from pydantic import BaseModel
from ruamel.yaml import YAML

from sendung import check_drafts
from sendung.config.document import models_in
from sendung.config.episode import EpisodeFile, find_drafts, load_draft
from sendung.config.show import ShowFile, load_show
from sendung.core.errors import ConfigError
from sendung.core.field_types import from_host
from sendung.core.model import Episode, Show
from sendung.workflows.check.drafts import examine, load
from sendung.workflows.check.estimate import estimate_episode, estimate_show
from sendung.workflows.drafts.candidate import Candidate
from sendung.workflows.drafts.chapters import find_chapters
from tests.workflows.check.conftest import EPISODE, SHOW, MakeShow, write_wav

ROOT = Path(__file__).parents[3]

MORE_SHOW = """\
explicit: true
type: serial
cover_alt: Zwei Kurven.
copyright: Sven Kramer
author: Die beiden
guid: 375e050f-7f52-5e9b-9cfc-9414515d1a5b
feed:
  funding: [{title: Spenden, url: "https://www.example.org/spenden"}]
  license: CC-BY-4.0
  locations: [Berlin, {name: Wien, rel: creator, geo: "geo:48.2,16.4", osm: R109166, country: AT}]
  txt: [hallo, {text: abc, purpose: verify}]
  discussions: [{protocol: activitypub, url: "https://social.example.org/1", account: "@a", account_url: "https://a.example.org/"}]
  value: {type: lightning, method: keysend, suggested: "0.1", recipients: [{type: node, address: x, split: 1, name: A, fee: true, custom_key: k, custom_value: v}]}
  locked: false
  new_feed_url: https://new.example.org/feed.xml
  complete: true
  block: true
  blocked_at: [youtube]
  medium: video
  seasons: {1: Das erste Jahr}
  schedule: {text: Jeden Freitag, rrule: "FREQ=WEEKLY;BYDAY=FR", start: "2026-01-02 06:00"}
  podroll: [{guid: 9b024349-ccf0-5f69-a609-6b82873eab3c, url: "https://podnews.example.org/rss", title: Podnews, medium: podcast}]
  hubs: ["https://hub.example.org/"]
  items: 50
listen_on: {apple: "https://apple.example.org/x"}
newsletter: {title: Post, url: "https://www.example.org/post"}
customers: {title: Für Kunden, join: "https://www.example.org/anmelden", note: Hier geht es weiter., outro: audio.wav}
theme: {accent: "#112233", font: "Georgia, serif", logo: logo.svg}
imprint: https://www.example.org/impressum
privacy: https://www.example.org/datenschutz
allow: [apple-yes]
languages: {en: {title: Two tones, description: A show.}, ar: }
translate: translator --quietly
age_notice: 180
"""
STORE = "store:\n  url: s3://bucket/show\n  pretty: true\n  compress: true\n"
MORE_EPISODE = """\
number: 3
number_label: drei
season: 1
type: bonus
guid: "0815"
notes: notes.md
customers_notes: notes.md
customers_from: 7
chapters: [{at: 0, title: Anfang, url: "https://www.example.org/a", image: cover.png}, {at: 4, title: Mitte}]
cover: cover.png
cover_alt: Ein Ton.
guests: [{name: Erika, role: guest, url: "https://www.example.org/e", image: "https://www.example.org/e.jpg"}]
hosts: [{name: Sven Kramer}]
explicit: true
keywords: [Ton]
speakers: {SPEAKER_00: Sven Kramer, 1: Erika, Achtung: }
links: [{title: Video, url: "https://video.example.org/1"}]
soundbites: [{at: 1, duration: 5, title: Zitat}]
translations: {en: {title: First, summary: About., notes: Notes., chapters: transcript.vtt, transcript: transcript.vtt, article: "https://www.example.org/en/", machine: true}}
feed:
  funding: [{title: Spenden, url: "https://www.example.org/spenden"}]
  license: {name: Eigene, url: "https://www.example.org/lizenz"}
  locations: [Berlin]
  txt: [hallo]
  block: true
  discussions: [{protocol: disabled}]
  value: {type: lightning, method: keysend, recipients: [{type: node, address: x, split: 1}]}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


@pytest.fixture
def full(make_show: MakeShow) -> Path:
    """A show that uses every key."""
    show, draft = {"store:\n": f"{MORE_SHOW}{STORE}"}, {"audio: audio.wav\n": f"audio: audio.wav\n{MORE_EPISODE}"}
    folder = make_show(show=show, draft=draft, notes="Notizen.\n")
    (folder / "logo.svg").write_text(SVG, "utf-8")
    write_wav(folder / "audio.wav")
    Image.new("RGB", (3000, 3000), "green").save(folder / "episodes/erster-ton/cover.png")
    return folder


def facts_of(folder: Path) -> tuple[Show, Episode]:
    config = load_show(folder)
    show = estimate_show(config)
    draft = load_draft(find_drafts(config)[0], config)
    candidate = Candidate(draft.folder, draft, chapters=find_chapters(draft))
    return show, estimate_episode(candidate, config, show)


@pytest.mark.parametrize("name", FILES)
def test_the_lists_of_keys_in_the_docs_are_current(name: str) -> None:
    page = (ROOT / "docs" / name).read_text("utf-8")
    assert page == with_reference(page, FILES[name]), "run make schema"


@pytest.mark.parametrize(("name", "least"), [("show.md", 90), ("episode.md", 60)])
def test_every_key_is_in_the_docs_with_its_meaning(name: str, least: int) -> None:
    page = (ROOT / "docs" / name).read_text("utf-8")
    documented = set()
    heading = ""
    for line in page.splitlines():
        heading = found[1] if (found := re.fullmatch(r"## `(.+)`", line)) else "" if line == "## Keys" else heading
        if found := re.fullmatch(r"\| `(\w+)` \| .+ \| .* \| (.+) \|", line):
            documented.add(f"{heading}.{found[1]}".strip("."))
    assert documented == key_ways(FILES[name])
    assert documented == set(ways(FILES[name])) - {"article.url", "article.language"}
    assert len(documented) > least


def ways(model: type[BaseModel], way: str = "") -> Iterator[str]:
    """Every key of a model, found without the code under test."""
    for name, field in model.model_fields.items():
        yield f"{way}{name}"
        for inner in models_in(field.annotation):
            yield from ways(inner, f"{way}{name}.")


def examples(name: str) -> list[dict[str, Any]]:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / name).read_text("utf-8"), re.DOTALL)
    return [data for block in blocks if (data := YAML(typ="rt").load(block))]


@pytest.mark.parametrize(("name", "model", "count"), [("show.md", ShowFile, 4), ("episode.md", EpisodeFile, 6)])
def test_the_examples_in_the_docs_are_right(name: str, model: type[BaseModel], count: int) -> None:
    first, *others = examples(name)
    assert len(others) + 1 == count
    schema = model.model_json_schema()
    for example in ({}, *others):
        data = {**first, **example}
        from_host(model, data)
        jsonschema.validate(data, schema)


def test_every_fact_of_a_show_can_be_set(full: Path) -> None:
    show, _ = facts_of(full)
    options = {
        name for name, field in type(show.feed).model_fields.items() if getattr(show.feed, name) == field.default
    }
    assert options == set()
    unset = {name for name, field in Show.model_fields.items() if getattr(show, name) == field.default}
    assert unset == {"feed_key"}, "which only the show in another language has"
    assert [(edition.language, edition.title) for edition in show.languages] == [("en", "Two tones"), ("ar", "")]
    assert show.cover.alt == "Zwei Kurven."
    assert show.theme.accent == "#112233"
    assert show.feed.schedule is not None
    assert show.feed.schedule.start == "2026-01-02T05:00:00Z"
    assert show.feed.locations[0].name == "Berlin"


def test_every_fact_of_an_episode_can_be_set(full: Path) -> None:
    _, episode = facts_of(full)
    unset = {name for name, field in Episode.model_fields.items() if getattr(episode, name) == field.default}
    assert unset == {"former_slugs", "former_languages"}
    [english] = episode.translations
    assert (english.title, english.notes, english.machine, len(english.chapters)) == ("First", "Notes.", True, 1)
    assert episode.articles[-1].url == "https://www.example.org/en/"
    assert episode.cover is not None
    assert episode.cover.alt == "Ein Ton."


def test_a_show_with_every_key_breaks_no_rule_that_stops_it(full: Path) -> None:
    config = load_show(full)
    report = check_drafts(find_drafts(config), config)
    assert report.errors == ()
    kinds = {remark.rule for remark in report.remarks}
    assert kinds <= {"podcast-soundbite", "psp1-copyright", ""}


def test_the_file_with_every_key_fits_its_schema(full: Path) -> None:
    for file, model in (("show.yaml", ShowFile), ("episodes/erster-ton/episode.yaml", EpisodeFile)):
        jsonschema.validate(YAML(typ="rt").load((full / file).read_text("utf-8")), model.model_json_schema())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("theme: {accent: red}", 'show.yaml:12:9: "theme.accent" '),
        ("audio: {also: ogg}", 'show.yaml:12:9: "audio.also" must be'),
        ("audio: {also_bitrate: 64}", 'show.yaml:12:9: "audio.also_bitrate" is of no use without another format'),
        ("theme: {logo: logo.gif}", 'show.yaml:12:9: "theme.logo" must be SVG, PNG, WebP or JPEG'),
        ("feed: {seasons: {one: x}}", 'show.yaml:12:8: "feed.seasons" must be season numbers'),
        ("feed: {podroll: [{guid: x}]}", 'show.yaml:12:19: "feed.podroll.1.guid" is not a podcast:guid'),
        ("feed: {lisence: x}", 'show.yaml:12:8: Unknown key "feed.lisence"'),
        ("feed: {license: {nam: x}}", 'Unknown key "feed.license.nam"'),
        ("feed: {schedule: {text: x, start: 2026-03-29 02:30}}", '"feed.schedule.start" does not exist in Europe/Berlin'),
        ("feed: {discussions: [{protocol: bluesky, url: htp}]}", '"feed.discussions.1.url" is not a web address: htp.'),
        ("feed: {txt: [{text: hallo, purpos: verify}]}", 'show.yaml:12:28: Unknown key "feed.txt.1.purpos"'),
        ("feed: {value: {type: a, method: b, recipients: []}}", '"feed.value.recipients" must not be empty'),
    ],
)  # fmt: skip
def test_mistakes_in_the_show_are_at_their_lines(make_show: MakeShow, more: str, message: str) -> None:
    folder = make_show(show={"store:\n": f"{more}\nstore:\n"})
    with pytest.raises(ConfigError) as caught:
        load_show(folder)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("soundbites: [{at: 5, duration: 30}]", "episode.yaml:6:14: Soundbite 1 ends after the recording"),
        ("soundbites: [{at: x, duration: 30}]", 'episode.yaml:6:15: "soundbites.1.at" is not a time'),
        ("chapters: 5", 'episode.yaml:6:1: "chapters" must be a list'),
        ("chapters: [{at: 0}]", '"chapters.1.title" is missing'),
        ("chapters: /etc/passwd", '"chapters" must be a file beside this one'),
        ("chapters: [{at: 0, titel: x}]", 'Unknown key "chapters.1.titel"'),
    ],
)
def test_mistakes_in_an_episode_are_at_their_lines(make_show: MakeShow, more: str, message: str) -> None:
    config = load_show(make_show(draft={"transcript:": f"{more}\ntranscript:"}))
    [candidate] = examine(load(find_drafts(config), config)).candidates
    [error] = candidate.errors
    assert message in str(error)


def test_a_list_whose_entries_are_wrong_is_not_called_empty(make_show: MakeShow) -> None:
    folder = make_show(show={"  - name: Sebastian Karger\n": "", "- name: Sven Kramer": "- nam: Sven Kramer"})
    with pytest.raises(ConfigError) as caught:
        load_show(folder)
    assert "must not be empty" not in str(caught.value)
    assert "hosts.1.name" in str(caught.value)


def test_a_logo_that_is_none_is_a_mistake(make_show: MakeShow) -> None:
    folder = make_show(show={"store:\n": "theme: {logo: logo.svg}\nstore:\n"})
    for content in ("<html/>", "no XML", SVG + " " * 300_000):
        (folder / "logo.svg").write_text(content, "utf-8")
        config = load_show(folder)
        [error] = check_drafts([], config).errors
        assert re.search(r"show\.yaml:12:9: logo\.svg (is not SVG|has more than 256 KB)", str(error))


def test_the_smallest_files_of_these_tests_need_nothing_more(make_show: MakeShow) -> None:
    assert len(SHOW.splitlines()) + len(EPISODE.splitlines()) < 22
    show, episode = facts_of(make_show())
    assert (show.theme.logo, episode.soundbites) == (None, ())


def test_a_recording_in_another_language_gives_nothing_of_the_customers_away(full: Path) -> None:
    draft = full / "episodes/erster-ton/episode.yaml"
    draft.write_text(draft.read_text("utf-8").replace("machine: true", "machine: true, audio: audio.wav"), "utf-8")
    config = load_show(full)
    [error] = check_drafts(find_drafts(config), config).errors
    assert "The recording in en would be public as a whole" in str(error)
