"""Locks, second runs, broken hosts and hostile feeds."""

from __future__ import annotations

import csv
import re
import shutil
import signal
import subprocess
import sys
import threading
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError, FetchError, RulesError, UsageError
from sendung.core.progress import Silent
from sendung.workflows.importer import ImportOptions, ImportStatus, import_show
from tests.core.test_shared_progress import Bar
from tests.workflows.importer.conftest import NOW, Move, put_feed
from tests.workflows.importer.old_host import OldHost, Reply


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_locked_feed_is_left_alone_unless_its_owner_moves_it(move: Move, old_host: OldHost, tmp_path: Path) -> None:
    put_feed(old_host, "podcasting20", locked="yes")
    with pytest.raises(UsageError, match="is locked: its owner"):
        move("podcasting20")
    with pytest.raises(UsageError, match="not the owner's address"):
        move("podcasting20", owner="someone@example.org")
    assert not (tmp_path / "show").exists()
    assert move("podcasting20", owner="MARA@hafen.example.org", audio=False).error is None
    shutil.rmtree(tmp_path / "show")
    assert move("podcasting20", own=True, audio=False).error is None


def test_a_second_run_changes_and_fetches_nothing(move: Move, old_host: OldHost, tmp_path: Path) -> None:
    move("podcasting20")
    edited = tmp_path / "show/episodes/leinen-los/episode.yaml"
    edited.write_text(edited.read_text("utf-8").replace("Leinen los", "Leinen ganz los"), "utf-8")
    (tmp_path / "show/episodes/leinen-los").rename(tmp_path / "show/episodes/anders")
    (tmp_path / "show/show.yaml").write_bytes((tmp_path / "show/show.yaml").read_bytes() + b"# mine\n")
    before = tree(tmp_path / "show")
    old_host.asked.clear()
    again = move("podcasting20")
    assert [one.status for one in again.episodes] == [ImportStatus.PRESENT, ImportStatus.PRESENT]
    assert [path for _, path, _ in old_host.asked] == ["/podcasting20.xml"]
    after = tree(tmp_path / "show")
    led = {name for name in after if name.startswith("redirects/")}
    assert {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)} == led
    assert all(b"leinen-los" in before[name] and b"leinen-los" not in after[name] for name in led), "to the new name"


def test_a_new_episode_of_the_old_feed_is_added_later(move: Move, old_host: OldHost) -> None:
    feed = old_host.files["/anchor.xml"]
    old_host.files["/anchor.xml"] = (
        feed[: feed.index(b"<item>")] + feed[feed.index(b"<item>", feed.index(b"</item>")) :]
    )
    assert len(move("anchor").episodes) == 2
    old_host.files["/anchor.xml"] = feed
    assert [one.status for one in move("anchor").episodes] == [
        ImportStatus.PRESENT,
        ImportStatus.PRESENT,
        ImportStatus.IMPORTED,
    ]


def test_a_folder_that_is_there_is_never_taken(move: Move, tmp_path: Path) -> None:
    mine = tmp_path / "show/episodes/am-zaun/notizen.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("meine", "utf-8")
    assert [one.slug for one in move("acast").episodes] == ["am-zaun-2"]
    assert [file.name for file in mine.parent.iterdir()] == ["notizen.txt"]


def test_audio_that_was_left_out_comes_later(move: Move, old_host: OldHost, tmp_path: Path) -> None:
    first = move("podcasting20", audio=False)
    assert {one.status for one in first.episodes} == {ImportStatus.IMPORTED}
    assert not [path for _, path, _ in old_host.asked if path.startswith("/audio")]
    assert not list((tmp_path / "show").rglob("audio.*"))
    second = move("podcasting20")
    assert {one.status for one in second.episodes} == {ImportStatus.IMPORTED}
    audio = tmp_path / "show/episodes/der-lotse-und-das-boot/audio.mp3"
    assert audio.read_bytes() == old_host.files["/audio/zwei.mp3"]
    assert {one.status for one in move("podcasting20").episodes} == {ImportStatus.PRESENT}


def test_one_episode_that_fails_does_not_stop_the_others_and_is_gone_on_with(move: Move, old_host: OldHost) -> None:
    def fault(_method: str, reply: Reply) -> None:
        reply.status, reply.body = 503, b""

    old_host.faults["/audio/zwei.mp3"] = fault
    done = move("podcasting20")
    assert [one.status for one in done.episodes] == [ImportStatus.IMPORTED, ImportStatus.FAILED]
    assert isinstance(done.error, FetchError)
    assert str(done.error).startswith("“Der Lotse & das Boot”: http://127.0.0.1")
    assert not (done.folder / "episodes/der-lotse-und-das-boot").exists(), "whole or not at all"
    old_host.faults.clear()
    assert [one.status for one in move("podcasting20").episodes] == [ImportStatus.PRESENT, ImportStatus.IMPORTED]


def test_a_download_that_broke_goes_on_where_it_ended(move: Move, old_host: OldHost) -> None:
    data = old_host.files["/audio/zwei.mp3"]

    def breaks_once(_method: str, reply: Reply) -> None:
        if len(old_host.requests("/audio/zwei.mp3")) == 1:
            reply.cut_after = 10_000

    old_host.faults["/audio/zwei.mp3"] = breaks_once
    done = move("podcasting20")
    assert done.error is None
    assert old_host.requests("/audio/zwei.mp3") == ["", "bytes=10000-"]
    assert (done.folder / "episodes/der-lotse-und-das-boot/audio.mp3").read_bytes() == data


def test_an_import_that_was_stopped_goes_on_where_it_ended(old_host: OldHost, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a download, then the same command again: as people do it."""
    name, sent = "/audio/zwei.mp3", threading.Event()
    old_host.files[name] += b"\0" * 3_000_000

    def slow(_method: str, reply: Reply) -> None:
        if not sent.is_set():
            reply.cut_after = 2_000_000
            sent.set()

    old_host.faults[name] = slow
    command = [sys.executable, "-m", "sendung", "import", f"{old_host.url}/podcasting20.xml", "show", "--allow-private"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        part = tmp_path / "show/.import"
        assert sent.wait(30)
        while process.poll() is None and not any(f.stat().st_size > 1_000_000 for f in part.rglob("*.part")):
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    old_host.asked.clear()
    old_host.faults.clear()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert old_host.requests(name)[0].startswith("bytes=")
    assert (tmp_path / "show/episodes/der-lotse-und-das-boot/audio.mp3").read_bytes() == old_host.files[name]


def test_what_is_no_audio_fails_with_a_sentence(move: Move, old_host: OldHost) -> None:
    old_host.files["/audio/eins.mp3"] = b"<html>Please log in</html>" * 200
    done = move("acast")
    assert [one.status for one in done.episodes] == [ImportStatus.FAILED]
    assert "is not an audio file" in str(done.error)
    assert not (done.folder / "episodes").exists()
    del old_host.files["/audio/eins.mp3"]
    old_host.redirects["/audio/eins.mp3"] = "/audio/zwei.mp3"
    assert [one.status for one in move("acast").episodes] == [ImportStatus.IMPORTED], "what was wrong is fetched anew"


def test_a_show_without_a_cover_is_imported_with_a_warning(move: Move, old_host: OldHost) -> None:
    del old_host.files["/art/show.jpg"]
    done = move("buzzsprout")
    assert "The cover: " in done.warnings[0].message
    assert done.error is None
    old_host.files["/art/show.jpg"] = old_host.files["/art/zwei.png"]
    move("buzzsprout")
    assert (done.folder / "cover.png").exists()


def test_another_shows_folder_is_refused(move: Move) -> None:
    move("acast", audio=False)
    with pytest.raises(ConfigError, match="that of another show, “Die Grenze”"):
        move("buzzsprout", audio=False)


def test_wrong_wishes_are_named(move: Move, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a time zone"):
        move("acast", timezone="Mars/Olympus")
    with pytest.raises(UsageError, match="cannot be the new feed's place"):
        move("acast", public_url="ftp://example.org")
    assert not (tmp_path / "show/show.yaml").exists()


def test_a_file_is_imported_like_an_address(old_host: OldHost, tmp_path: Path) -> None:
    file = tmp_path / "old.xml"
    file.write_bytes(old_host.files["/acast.xml"])
    done = import_show(file, tmp_path / "show", ImportOptions(allow_private=True), NOW, Silent())
    assert done.error is None
    assert done.show.url == f"{old_host.url}/acast.xml", "the feed says where it is from"
    with pytest.raises(ConfigError, match=r"gone\.xml cannot be read"):
        import_show(tmp_path / "gone.xml", tmp_path / "show", ImportOptions(), NOW, Silent())


def test_private_addresses_are_not_asked_for(old_host: OldHost, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="not a public address"):
        import_show(f"{old_host.url}/acast.xml", tmp_path / "show", ImportOptions(), NOW, Silent())
    file = tmp_path / "old.xml"
    file.write_bytes(old_host.files["/acast.xml"])
    old_host.asked.clear()
    done = import_show(file, tmp_path / "show", ImportOptions(), NOW, Silent())
    assert "not a public address" in str(done.error)
    assert old_host.asked == []


BOMB = (
    '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
)
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (BOMB, "declares the entity"),
        (OUTSIDE, "declares the entity"),
        ("<rss><channel><title>x</channel></rss>", "has no items"),
        ("<html><body>Not here</body></html>", "web page"),
        ("<rss version='2.0'><channel><title> </title></channel></rss>", "has no title"),
        ("", "empty"),
    ],
)
def test_a_hostile_or_broken_feed_is_one_sentence(tmp_path: Path, feed: str, said: str) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(feed, "utf-8")
    with pytest.raises(RulesError, match=said):
        import_show(file, tmp_path / "show", ImportOptions(), NOW, Silent())
    assert not (tmp_path / "show").exists()


def test_hostile_values_stay_in_their_place(old_host: OldHost, tmp_path: Path) -> None:
    """Titles that are paths, YAML, or nothing; GUIDs that are paths; addresses that are no web addresses."""
    item = "<item><title>{0}</title><guid>{1}</guid><enclosure url='{2}' type='audio/mpeg' length='1'/></item>"
    good = f"{old_host.url}/audio/eins.mp3"
    values = [
        ("../../../etc/cron", "../../../x", good),
        ("key: [value", "# comment", good),
        ("", "- &amp;a *a", good),
        ("漢字 \u202e rtl 🎧", "'\"{}", good),
        ("yes", "12345", good),
        ("x" * 10_000, "null", good),
        ("Datei", "file", "file:///etc/passwd"),
        ("Skript", "js", "javascript:alert(1)"),
    ]
    items = "".join(item.format(*value) for value in values)
    file = tmp_path / "feed.xml"
    file.write_text(f"<rss version='2.0'><channel><title>- x: {{</title>{items}</channel></rss>", "utf-8")
    done = import_show(file, tmp_path / "show", ImportOptions(allow_private=True), NOW, Silent())
    assert done.error is None
    assert sorted(one.guid for one in done.episodes) == sorted(unescape(guid) for _, guid, url in values if url == good)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed.xml", "show"]
    assert sorted(path.name for path in (tmp_path / "show").iterdir()) == [
        *(".gitignore", "cron.example", "episodes", "schema", "show.yaml")
    ]
    again = import_show(file, tmp_path / "show", ImportOptions(allow_private=True), NOW, Silent())
    assert {one.status for one in again.episodes} == {ImportStatus.PRESENT}, "every GUID is found again as it was"


def test_what_is_gone_for_ever_is_skipped_and_named(move: Move, old_host: OldHost) -> None:
    del old_host.files["/audio/zwei.mp3"]
    failed = move("podcasting20")
    assert (failed.moved, failed.missing, failed.changed_guids) == (1, 1, 0)
    assert failed.error
    done = move("podcasting20", skip=frozenset({"HH-0002 / Lotse"}))
    assert done.error is None
    assert [episode.status for episode in done.episodes] == [ImportStatus.PRESENT, ImportStatus.SKIPPED]
    assert (done.moved, done.missing) == (1, 1)
    assert move("podcasting20").error, "the next one names it again"


def test_old_addresses_lead_to_new_ones(move: Move, old_host: OldHost) -> None:
    done = move("anchor")
    rows = list(csv.DictReader((done.folder / "redirects/redirects.csv").read_text("utf-8").splitlines()))
    new = {row["old"]: row["new"] for row in rows}
    assert new[f"{old_host.url}/anchor.xml"] == "https://cdn.example.com/show/feed.xml"
    slug = done.episodes[2].slug
    pages = [row for row in rows if row["kind"] == "page"]
    assert f"https://cdn.example.com/show/e/{slug}/index.html" in {row["new"] for row in pages}
    digest = sha256((done.folder / "episodes" / slug / "audio.m4a").read_bytes()).hexdigest()[:16]
    assert f"https://cdn.example.com/show/audio/{slug}-{digest}.m4a" in {row["new"] for row in rows}
    names = ("nginx.conf", "apache.htaccess", "_redirects")
    nginx, apache, static = ((done.folder / "redirects" / name).read_text("utf-8") for name in names)
    for old, target in new.items():
        host_and_path = old.partition("://")[2].replace(f":{old_host.port}", "")
        assert f'    "{host_and_path}" "{target}";\n' in nginx
        assert f'RewriteRule ^ "{target}" [R=301,L,NE,QSD]\n' in apache
        assert f" {target} 301!\n" in static
    assert all(re.compile(line.split('"')[1]) for line in apache.splitlines() if "THE_REQUEST" in line)


def test_the_show_is_as_init_writes_it(move: Move) -> None:
    done = move("acast")
    assert (done.folder / "show.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=schema/show.")
    [draft] = done.folder.glob("episodes/*/episode.yaml")
    schema = draft.read_text("utf-8").splitlines()[0].partition("$schema=")[2]
    assert (draft.parent / schema).is_file()
    assert "public/" in (done.folder / ".gitignore").read_text("utf-8")
    assert "publish --due" in (done.folder / "cron.example").read_text("utf-8")


def test_a_password_opens_the_old_feed(move: Move, old_host: OldHost) -> None:
    old_host.guarded["/acast.xml"] = "Basic bmFtZTp3b3J0"
    with pytest.raises(FetchError, match=r"401 \(Unauthorized\)"):
        move("acast")
    assert move("acast", user="name:wort").error is None


def test_the_bar_says_which_episode_comes_in_and_how_many_are_there(move: Move) -> None:
    bar = Bar()
    done = move("anchor", progress=bar)
    number = len(done.episodes)
    assert number > 1
    assert (bar.total, bar.full) == (float(number), float(number))
    assert bar.words[0].startswith(f"0 of {number}: ")
    assert {words.partition(": ")[2] for words in bar.words} - {""} <= {episode.slug for episode in done.episodes}
    assert bar.words[-1] == f"{number} of {number}"
