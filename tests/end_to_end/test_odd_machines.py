"""Machines as in containers, cron and old terminals: no home, no name, no space, no UTF-8, no files but show.yaml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop

PRIVATE = {"records", "state", ".sendung"}
NAMELESS = ("unshare", "--user", "--map-user=54321", "--map-group=54321")
"""Runs a command as a user who has a number only, but all rights of whoever runs the tests."""


def test_a_user_without_name_and_home_is_told_of_the_cache_and_publishes(workshop: Workshop) -> None:
    if shutil.which(NAMELESS[0]) is None or subprocess.run([*NAMELESS, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody be somebody else")
    left_out = {"HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "XDG_CACHE_HOME", "SENDUNG_CACHE", "SENDUNG_BY"}
    bare = {name: value for name, value in workshop.variables().items() if name not in left_out}

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [*NAMELESS, sys.executable, "-m", "sendung", *arguments]
        return subprocess.run(
            command, cwd=workshop.folder, env=bare | more, capture_output=True, text=True, timeout=120, check=False
        )

    told = run("publish", "erster-ton")
    assert (told.returncode, told.stderr.count("error:")) == (2, 1), told.stderr
    assert "Set SENDUNG_CACHE" in told.stderr
    assert not workshop.path("~").exists()
    cache = str(workshop.cache)
    assert run("publish", "erster-ton", SENDUNG_CACHE=cache).returncode == 0
    assert "user 54321@" in run("log", SENDUNG_CACHE=cache).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_temporary_folder_is_a_sentence_and_json(workshop: Workshop, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        result = workshop.run("publish", "erster-ton", TMPDIR=str(small))
        assert (result.code, result.err.count("error:")) == (6, 1), result.err
        assert "No space is left on this machine" in result.err
        result = workshop.run("publish", "erster-ton", "--json", TMPDIR=str(small))
        assert (result.code, len(result.json["problems"])) == (6, 1)
        assert not workshop.path("public/records").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_name_that_is_not_utf8_is_kept(workshop: Workshop) -> None:
    assert workshop.run("publish", "erster-ton", SENDUNG_BY=os.fsdecode("Jörg\n@ studio".encode("latin-1"))).code == 0
    assert "Jörg @ studio" in workshop.run("log").out


@pytest.mark.parametrize("encoding", [pytest.param("latin-1", marks=pytest.mark.soak), "ascii"])
def test_a_terminal_without_utf8_is_written_to(workshop: Workshop, encoding: str) -> None:
    run = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Ωmega → „Ton“")
    environment = workshop.variables(**run)

    def printed(*arguments: str) -> str:
        command = [sys.executable, "-m", "sendung", *arguments]
        done = subprocess.run(
            command, cwd=workshop.folder, env=environment, capture_output=True, check=False, timeout=120
        )
        assert (done.returncode, b"bug" in done.stderr) == (0, False), done.stderr
        return done.stdout.decode(encoding)

    assert "?mega" in printed("publish", "erster-ton")
    assert "\\u03a9mega" in printed("status", "--json")
    workshop.edit(f"{FIRST}/episode.yaml", "Ωmega", "Ω2")
    for command in ("status", "diff", "log", "check"):
        printed(command, *(["erster-ton"] if command == "diff" else []))


def test_an_argument_that_is_not_utf8_is_a_sentence(workshop: Workshop) -> None:
    result = workshop.run("publish", os.fsdecode(b"erster-t\xf6n"))
    assert (result.code, "Did you mean erster-ton?" in result.err) == (2, True), result.err
    assert workshop.run("publish", os.fsdecode(b"\xff"), "--json").code == 2


def test_what_goes_back_and_due_need_show_yaml_alone(workshop: Workshop, tmp_path: Path) -> None:
    workshop.run("publish", "erster-ton")
    server = Workshop(tmp_path / "server", workshop.cache, {"SENDUNG_STORE": str(workshop.path("public"))})
    shown = "audio: {intro: intro.mp3}\ntheme: {logo: logo.svg}\nstore:"
    server.write("show.yaml", workshop.path("show.yaml").read_text("utf-8").replace("store:", shown))
    for command in (
        ("publish", "--due"),
        ("publish", "--due", "--quiet"),
        ("rebuild",),
        ("log",),
        ("links", "erster-ton"),
        ("prune",),
        ("withdraw", "erster-ton", "--yes"),
        ("rollback", "erster-ton", "1", "--yes"),
    ):
        result = server.run(*command)
        assert result.code == 0, (command, result.err)
    assert server.run("check").code == 3
    server.edit("show.yaml", "language:", "lang:")
    assert server.run("publish", "--due").code == 3


def test_serve_knows_home_and_file_addresses(workshop: Workshop) -> None:
    workshop.path("public").mkdir()
    for url in ("~/public", f"file://{workshop.path('public')}", f"file:{workshop.path('public')}"):
        command = [
            sys.executable,
            "-m",
            "sendung",
            "serve",
            "--port",
            "0",
            "--show",
            str(workshop.folder),
            "--store",
            url,
        ]
        home = workshop.variables(HOME=str(workshop.folder))
        with subprocess.Popen(
            command, cwd=workshop.folder.parent, env=home | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            line = server.stdout.readline()
            server.terminate()
        assert line.startswith("Listen at http://127.0.0.1:"), url


def test_web_servers_can_read_what_a_careful_user_publishes(workshop: Workshop) -> None:
    mask = os.umask(0o077)
    try:
        assert workshop.run("publish", "erster-ton").code == 0
    finally:
        os.umask(mask)
    root = workshop.path("public")
    public = [root, *(path for path in root.rglob("*") if path.relative_to(root).parts[0] not in PRIVATE)]
    assert len(public) > 10
    assert [path for path in public if path.stat().st_mode & 0o444 != 0o444] == []
    assert root.joinpath("records").stat().st_mode & 0o077 == 0


def test_a_clock_that_was_ahead_once_does_not_keep_apps_from_the_new_feed(workshop: Workshop) -> None:
    """Web servers make Last-Modified of the time of change, and apps ask by it."""
    workshop.run("publish", "erster-ton")
    workshop.path("public/.sendung/lock").write_text(f"{4_102_444_800_123_456_789:<32}")
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    assert workshop.run("publish", "erster-ton").code == 0
    assert abs(workshop.path("public/feed.xml").stat().st_mtime - time.time()) < 100
