"""`sendung new`: a draft that knows what the article and the recording say already."""

from __future__ import annotations

import errno
import os
import re
import shutil
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mutagen.id3 import CHAP, CTOC, ID3, TIT2, CTOCFlags

from sendung.config.document import load_yaml
from sendung.config.show import ShowConfig, load_show
from sendung.core.errors import AudioError, FetchError, NoSpace, UsageError
from sendung.core.progress import Meter, Silent, Unit
from sendung.net import NetPolicy
from sendung.workflows.new import NewDraft, NewEpisode, make_draft
from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg
from tests.net.conftest import Site
from tests.workflows.articles.test_cards import Watcher, picture

NOW = datetime(2026, 11, 22, 17, 5, 42, tzinfo=UTC)
GUID = "35458e3b-a30b-4208-90f5-48d81b7bac9d"
ARTICLE = """<!doctype html><html lang="de-DE"><head><title>Realitätscheck: „Größe“ &amp; mehr | Blatt</title>
<meta property="og:site_name" content="Blatt"><meta name="description" content="Worum es geht: um alles.">
<meta property="article:published_time" content="2026-11-20T05:00:00Z">{}</head></html>"""


@pytest.fixture
def show(workshop: Workshop) -> ShowConfig:
    return load_show(workshop.folder)


@pytest.fixture
def mp3(pattern: Path, tmp_path: Path) -> Path:
    """A recording with a title and chapters, one of them behind its end."""
    path = tmp_path / "Aufnahme 7.MP3"
    run_ffmpeg("-i", str(pattern / FIRST / "audio.flac"), "-f", "mp3", str(path))
    marks = {"a": (0, "Anfang"), "b": (4250, "Mitte: Teil 2"), "c": (60_000, "Zu spät")}
    tags = ID3()
    tags.add(TIT2(text=["Aus den Tags"]))
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    tags.add(CTOC(element_id="toc", flags=flags, child_element_ids=list(marks), sub_frames=[]))
    for name, (start, title) in marks.items():
        tags.add(CHAP(element_id=name, start_time=start, end_time=start + 1, sub_frames=[TIT2(text=[title])]))
    tags.save(path)
    return path


def make(
    show: ShowConfig, episode: NewEpisode, policy: NetPolicy | None = None, progress: Silent | None = None
) -> NewDraft:
    return make_draft(episode, show, GUID, NOW, policy or NetPolicy(), progress or Silent())


def said(made: NewDraft) -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(made.file).data
    return data


def tree(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_everything_is_filled_and_passes_check(site: Site, workshop: Workshop, mp3: Path) -> None:
    pictured = ARTICLE.format('<meta property="og:image" content="/bild.webp"><meta name="author" content="Ada">')
    site.say("/größe".replace("ö", "%C3%B6").replace("ß", "%C3%9F"), pictured.encode())
    site.say("/bild.webp", picture())
    before = tree(workshop.folder)
    result = workshop.run("new", "--article", site.url("/größe"), "--audio", str(mp3), "--allow-private", "--json")
    assert result.code == 0, result.err
    assert result.json["slug"] == "realitaetscheck-groesse-und-mehr"
    assert result.json["open"] == []
    folder = workshop.path("episodes/realitaetscheck-groesse-und-mehr")
    data = load_yaml(folder / "episode.yaml").data
    assert uuid.UUID(data.pop("guid"))
    assert data == {
        "title": "Realitätscheck: „Größe“ & mehr",
        "date": "2026-11-20 06:00",
        "article": site.url("/gr%C3%B6%C3%9Fe"),
        "article_card": {
            "title": "Realitätscheck: „Größe“ & mehr",
            "summary": "Worum es geht: um alles.",
            "authors": ["Ada"],
            "date": "2026-11-20 06:00",
            "image": "article.jpg",
        },
        "type": "full",
        "summary": "Worum es geht: um alles.",
        "audio": "audio.mp3",
        "chapters": [{"at": "00:00:00", "title": "Anfang"}, {"at": "00:00:04.250", "title": "Mitte: Teil 2"}],
    }
    assert (folder / "audio.mp3").read_bytes() == mp3.read_bytes()
    assert {name: content for name, content in tree(workshop.folder).items() if name in before} == before
    # the article of this test is on this machine, where there is no https, which the rules want
    workshop.edit(f"episodes/{folder.name}/episode.yaml", "article: http://", "article: https://")
    checked = workshop.run("check", folder.name)
    assert checked.code == 0, checked.err
    asked = len(site.requests)
    published = workshop.run("publish", folder.name)
    assert published.code == 0, published.err
    page = workshop.path(f"public/e/{folder.name}/index.html").read_text("utf-8")
    card = page.partition('<section class="article"')[2].partition("</section>")[0]
    assert all(part in card for part in ("Realitätscheck", "um alles.", "Ada", "<img")), card
    assert len(site.requests) == asked, "the draft says all of it"


def test_without_an_article_a_bare_draft_says_what_is_left(workshop: Workshop) -> None:
    result = workshop.run("new", "zweiter-ton", "--date", "2026-12-04 06:00")
    assert result.code == 0, result.err
    assert result.out.splitlines() == [
        "episodes/zweiter-ton/episode.yaml is written.",
        "Put the recording beside it, and its name into the file.",
        "Write what nobody else could know: title and summary.",
        "Then: sendung check zweiter-ton",
    ]
    shutil.copy(workshop.path(f"{FIRST}/audio.flac"), workshop.path("episodes/zweiter-ton/audio.flac"))
    workshop.edit("episodes/zweiter-ton/episode.yaml", "audio: audio.wav", "audio: audio.flac")
    assert workshop.run("check", "zweiter-ton").code == 0


def test_every_key_of_a_draft_stands_in_the_file(show: ShowConfig) -> None:
    text = make(show, NewEpisode(slug="neu")).file.read_text("utf-8")
    from sendung.config.episode import EpisodeFile

    wanted = {"title", "date", "article", "number", "type", "guid", "summary", "notes", "audio", "chapters"}
    wanted |= {"transcript", "cover", "guests", "explicit", "keywords"}
    keys = set(re.findall(r"^(?:# )?([a-z_]+):", text, re.MULTILINE))
    assert wanted <= keys
    assert keys <= set(EpisodeFile.model_fields)
    opened = re.sub(r"^# (?=[a-z_]+: ?|  )", "", text, flags=re.MULTILINE)
    assert load_yaml(_written(show, opened)).data["guests"]


def _written(show: ShowConfig, text: str) -> Path:
    path = show.folder / "opened.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_host_is_believed_first(site: Site, local: NetPolicy, show: ShowConfig, mp3: Path) -> None:
    site.say("/a", ARTICLE.format("").encode())
    episode = NewEpisode("mein-name", "Mein Titel", "2026-12-01", site.url("/a"), mp3)
    made = make(show, episode, local)
    data = said(made)
    assert (made.folder.name, data["title"], data["date"]) == ("mein-name", "Mein Titel", "2026-12-01")
    assert data["summary"] == "Worum es geht: um alles."
    assert (data["guid"], made.open) == (GUID, ())


def test_the_recordings_own_title_is_better_than_none(show: ShowConfig, mp3: Path) -> None:
    made = make(show, NewEpisode(audio=mp3))
    assert (said(made)["title"], made.folder.name, made.open) == ("Aus den Tags", "aus-den-tags", ("summary",))


def test_marks_of_a_wav_become_chapters(show: ShowConfig, pattern: Path, tmp_path: Path) -> None:
    path = tmp_path / "a b.wav"
    run_ffmpeg("-i", str(pattern / FIRST / "audio.flac"), "-bitexact", str(path))
    cue = struct.pack("<I", 1) + struct.pack("<II4sIII", 1, 0, b"data", 0, 0, 44100 * 3)
    label = b"adtllabl" + struct.pack("<I", 10) + struct.pack("<I", 1) + b"Marke\0"
    chunks = b"".join(name + struct.pack("<I", len(body)) + body for name, body in ((b"cue ", cue), (b"LIST", label)))
    data = path.read_bytes() + chunks
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    made = make(show, NewEpisode(audio=path))
    assert said(made)["chapters"] == [{"at": "00:00:03", "title": "Marke"}]
    assert (made.folder.name, said(made)["title"], made.open) == ("a-b", "A b", ("title", "summary"))


def test_translations_become_a_map_with_one_address_for_each_language(
    site: Site, local: NetPolicy, show: ShowConfig
) -> None:
    links = "".join(
        f'<link rel="alternate" hreflang="{language}" href="{path}">'
        for language, path in (("de", "/a/"), ("de-AT", "/at"), ("en", "/en"), ("en-GB", "/gb"), ("x-default", "/a"))
    )
    site.say("/a", ARTICLE.format(links).encode())
    assert said(make(show, NewEpisode(article=site.url("/a")), local))["article"] == {
        "de-DE": site.url("/a"),
        "en": site.url("/en"),
    }


def test_an_article_in_another_language_says_so(site: Site, local: NetPolicy, show: ShowConfig) -> None:
    site.say("/a", b'<html lang="en"><title>First tone</title>')
    assert said(make(show, NewEpisode(article=site.url("/a")), local))["article"] == {"en": site.url("/a")}


def test_the_articles_own_name_is_the_slug_where_it_is_shorter(site: Site, local: NetPolicy, show: ShowConfig) -> None:
    for path, slug in {
        "/2026/kurz-und-gut.html": "kurz-und-gut",
        "/artikel-123": "realitaetscheck-groesse-und-mehr",
    }.items():
        site.say(path, ARTICLE.format("").encode())
        assert make(show, NewEpisode(article=site.url(path)), local).folder.name == slug


def test_without_any_date_it_is_now_in_the_shows_zone(show: ShowConfig) -> None:
    assert said(make(show, NewEpisode(title="T")))["date"] == "2026-11-22 18:05"


def test_an_article_that_cannot_be_reached_is_a_warning_if_there_is_a_name(
    site: Site, local: NetPolicy, show: ShowConfig
) -> None:
    watcher = Watcher()
    made = make(show, NewEpisode(slug="neu", article=site.url("/none")), local, watcher)
    assert said(made)["article"] == site.url("/none")
    assert made.open == ("title", "summary", "audio")
    [warning] = watcher.warnings
    assert warning.startswith("The article was not read: ")
    with pytest.raises(FetchError, match=r"answers 404 \(Not Found\)"):
        make(show, NewEpisode(article=site.url("/none")), local)


def test_articles_on_private_addresses_are_not_read(site: Site, show: ShowConfig) -> None:
    site.say("/a", ARTICLE.encode())
    with pytest.raises(FetchError, match="is not a public address"):
        make(show, NewEpisode(article=site.url("/a")))
    assert site.requests == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([""], (None, None)),
        (["number: 7\n", "number: 12\n", ""], (13, None)),
        (["number: 12\nseason: 1\n", "number: 3\nseason: 2\n"], (4, 2)),
        (["number: twelve\n", "number: 2\nno yaml: [\n", "number: true\n"], (None, None)),
    ],
)
def test_the_next_number_is_that_after_the_highest(
    show: ShowConfig, workshop: Workshop, keys: list[str], expected: tuple[int | None, int | None]
) -> None:
    for index, extra in enumerate(keys):
        workshop.write(f"episodes/e{index}/episode.yaml", f"title: T\n{extra}")
    data = said(make(show, NewEpisode(slug="neu")))
    assert (data.get("number"), data.get("season")) == expected


def test_the_first_episode_of_a_show_is_number_one(show: ShowConfig, workshop: Workshop) -> None:
    shutil.rmtree(workshop.path("episodes"))
    assert said(make(show, NewEpisode(title="T")))["number"] == 1


def test_a_slug_made_of_a_title_avoids_those_that_there_are(show: ShowConfig) -> None:
    names = [make(show, NewEpisode(title="Erster Ton!")).folder.name for _ in range(2)]
    assert names == ["erster-ton-2", "erster-ton-3"]


def test_without_any_name_the_slug_is_the_next_number(show: ShowConfig, workshop: Workshop) -> None:
    assert make(show, NewEpisode()).folder.name == "folge-2"
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der", "number: 41\ntitle: Der")
    made = make(show, NewEpisode())
    assert (made.folder.name, said(made)["number"], made.open) == ("folge-42", 42, ("title", "summary", "audio"))
    english = replace(show, file=show.file.model_copy(update={"language": "en-GB"}))
    assert make(english, NewEpisode()).folder.name == "episode-43"


def test_a_folder_stands_for_the_recording_in_it_and_the_files_beside(
    show: ShowConfig, pattern: Path, tmp_path: Path, mp3: Path
) -> None:
    session = tmp_path / "session"
    session.mkdir()
    shutil.copyfile(mp3, session / "Take 3.MP3")
    shutil.copyfile(pattern / FIRST / "transcript.vtt", session / "transcript.vtt")
    (session / "notes.md").write_text("Notizen.", "utf-8")
    (session / "Regie.txt").write_text("Nicht für alle.", "utf-8")
    made = make(show, NewEpisode(slug="neu", audio=session))
    draft = said(made)
    assert (draft["audio"], draft["transcript"], draft["notes"]) == ("audio.mp3", "transcript.vtt", "notes.md")
    assert (draft["title"], len(draft["chapters"])) == ("Aus den Tags", 2)
    assert sorted(tree(made.folder)) == ["audio.mp3", "episode.yaml", "notes.md", "transcript.vtt"]
    assert (made.folder / "audio.mp3").read_bytes() == mp3.read_bytes()


@pytest.mark.parametrize("names", [[], ["sven.wav", "sebastian.wav"]], ids=["none", "two"])
def test_a_folder_without_the_one_recording_is_one_sentence(
    names: list[str], show: ShowConfig, tmp_path: Path, workshop: Workshop
) -> None:
    session = tmp_path / "session"
    session.mkdir()
    for name in names:
        (session / name).write_bytes(b"sound")
    before = tree(workshop.folder)
    with pytest.raises(UsageError) as caught:
        make(show, NewEpisode(slug="neu", audio=session))
    [problem] = caught.value.problems
    assert problem.message == f"{session} holds " + (
        "several recordings: sebastian.wav, sven.wav." if names else "no recording."
    )
    assert tree(workshop.folder) == before


def test_files_that_are_there_are_named(show: ShowConfig, workshop: Workshop) -> None:
    folder = workshop.path("episodes/neu")
    folder.mkdir()
    shutil.copy(workshop.path(f"{FIRST}/audio.flac"), folder / "Mitschnitt.flac")
    for name in ("transcript.vtt", "cover.png", "notes.md", "other.txt"):
        (folder / name).write_text("x")
    before = tree(folder)
    data = said(make(show, NewEpisode(slug="neu")))
    found = {key: data.get(key) for key in ("audio", "transcript", "cover", "notes")}
    assert found == {
        "audio": "Mitschnitt.flac",
        "transcript": "transcript.vtt",
        "cover": "cover.png",
        "notes": "notes.md",
    }
    assert {name: content for name, content in tree(folder).items() if name != "episode.yaml"} == before


def test_nothing_is_written_over(show: ShowConfig, workshop: Workshop, mp3: Path) -> None:
    with pytest.raises(UsageError, match="There is an episode erster-ton already"):
        make(show, NewEpisode(slug="erster-ton"))
    workshop.write("episodes/neu/audio.mp3", b"mine")
    before = tree(workshop.folder)
    with pytest.raises(UsageError, match=r"^audio\.mp3 is in neu already"):
        make(show, NewEpisode(slug="neu", audio=mp3))
    assert tree(workshop.folder) == before


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), NoSpace), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_a_full_disk_and_an_interruption_leave_nothing_behind(
    show: ShowConfig, mp3: Path, fault: BaseException, expected: type[BaseException]
) -> None:
    class Stopping(Silent):
        @contextmanager
        def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
            yield self

        def advance(self, amount: float) -> None:
            raise fault

    shutil.rmtree(show.folder / "episodes")
    before = tree(show.folder)
    with pytest.raises(expected):
        make(show, NewEpisode(slug="neu", audio=mp3), progress=Stopping())
    assert tree(show.folder) == before


def test_a_folder_that_cannot_be_made_is_one_sentence(show: ShowConfig, workshop: Workshop) -> None:
    shutil.rmtree(workshop.path("episodes"))
    workshop.write("episodes", b"a file")
    with pytest.raises(UsageError, match=r"Not a directory|is in .* already"):
        make(show, NewEpisode(slug="neu"))


def test_what_is_no_recording_makes_no_draft(show: ShowConfig, workshop: Workshop) -> None:
    before = tree(workshop.folder)
    with pytest.raises(AudioError):
        make(show, NewEpisode(slug="neu", audio=workshop.path("show.yaml")))
    assert tree(workshop.folder) == before


@pytest.mark.parametrize(
    ("episode", "words"),
    [
        (NewEpisode(slug="Größe 2"), '"Größe 2" becomes part of web addresses'),
        (NewEpisode(slug="../weg"), "becomes part of web addresses"),
        (NewEpisode(slug="neu", title=" "), "--title must be one line of text"),
        (NewEpisode(slug="neu", title="a\nb"), "--title must be one line of text"),
        (NewEpisode(slug="neu", date="morgen"), '--date is not a date: "morgen"'),
        (NewEpisode(slug="neu", date="2026-03-29 02:30"), "--date does not exist in Europe/Berlin"),
        (NewEpisode(slug="neu", article="ftp://example.org/"), "--article is not a web address"),
        (NewEpisode(slug="neu", article="https://sven:hush@example.org/"), "--article is not a web address"),
    ],
)
def test_what_cannot_be_is_one_sentence(show: ShowConfig, episode: NewEpisode, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as caught:
        make(show, episode)
    [problem] = caught.value.problems
    assert "hush" not in problem.message
    assert problem.message.endswith(".")
    assert problem.hint.endswith(".")


def test_the_schema_is_that_of_the_other_drafts(show: ShowConfig, workshop: Workshop) -> None:
    assert "yaml-language-server" not in make(show, NewEpisode(slug="a")).file.read_text("utf-8")
    workshop.write("schema/episode.schema.json", "{}")
    line = "# yaml-language-server: $schema=../../schema/episode.schema.json"
    assert make(show, NewEpisode(slug="b")).file.read_text("utf-8").startswith(f"{line}\n#\n# One episode.")
    workshop.write("episodes/a/episode.yaml", "# yaml-language-server: $schema=https://example.org/e.json\ntitle: x\n")
    assert (
        make(show, NewEpisode(slug="c"))
        .file.read_text("utf-8")
        .startswith("# yaml-language-server: $schema=https://ex")
    )


def test_the_editor_is_opened_when_asked_for(workshop: Workshop) -> None:
    result = workshop.run("new", "neu", "--edit", EDITOR="cp --verbose --backup=none -t .", VISUAL="")
    assert result.code == 0, result.err
    assert workshop.path("episode.yaml").read_bytes() == workshop.path("episodes/neu/episode.yaml").read_bytes()
    failed = workshop.run("new", "neuer", "--edit", EDITOR="no-such-editor", VISUAL="")
    assert (failed.code, failed.err.splitlines()[0]) == (
        2,
        "error: The editor no-such-editor did not open the draft; it is written.",
    )
