"""A run through the commands in German: nothing that a host reads is left in English."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop

GERMAN = {"SENDUNG_LANG": "de"}
ENGLISH = re.compile(
    r"\b(the|and|is|are|were|not|of|with|from|has|have|this|that|which|be|its|there|it|by|ago|would|every|than|"
    r"names?|says|its|you|your|to|on|no|write|added|removed|edited|published|draft|episode|episodes|file|line)\b"
)
"""Words that German has not."""
KEPT = re.compile(
    r"https?://\S+|<[^>]*>|“[^”]*”|\S+/\S*|--[\w-]+|sendung [a-z]+|\b\w+\.(yaml|json|py|md|html)\b|[\w-]+@\S+"
    r"|\[[a-z0-9-]+\]|[a-z_.]+:|\w+(-\w+){2,}|\bon:|^[+-] .*$|\[Standard: \w+\]|^ *│.*WONACH.*language\.",
    re.MULTILINE,
)
"""Addresses, markup, options, commands, keys and what hosts wrote themselves."""


def leftovers(text: str) -> list[str]:
    """The lines that have English in them."""
    return [line for line in text.splitlines() if ENGLISH.search(KEPT.sub("", line))]


def told(workshop: Workshop, *arguments: str, code: int = 0, cache: Path | None = None) -> str:
    done = workshop.run(*arguments, **GERMAN, SENDUNG_CACHE=str(cache or workshop.cache))
    assert done.code == code, done.err
    text = done.out + done.err
    assert not leftovers(text), "\n".join(leftovers(text))
    return text


def test_an_episode_from_the_first_check_to_its_withdrawal(workshop: Workshop) -> None:
    assert "Weiter mit: sendung publish erster-ton" in told(workshop)
    assert "Keine Fehler in show.yaml und 1 Folge" in told(workshop, "check", "--notes")
    card = told(workshop, "publish", "erster-ton")
    assert all(
        words in card for words in ("Lautheit", "Kapitel", " LUFS", "Gesendet: ", "veröffentlicht", "Seiten und Feed")
    )
    assert re.search(r"−1\d,\d LUFS", card), card
    assert "Sonntag, 1. November 2026" in card
    assert "Nichts wurde gesendet: Alles ist wie veröffentlicht." in told(workshop, "publish", "--all")
    workshop.edit(f"{FIRST}/episode.yaml", "Worum es geht.", "Etwas anderes.")
    assert "GUID und Adresse bleiben" in told(workshop, "publish", "erster-ton")
    assert "erster-ton 2  20" in told(workshop, "log") or told(workshop, "log")
    told(workshop, "status")
    told(workshop, "audio", "erster-ton")
    told(workshop, "rollback", "erster-ton", "--yes")
    assert "Revision 3" in told(workshop, "status")
    told(workshop, "links", "erster-ton", "--at", "0:04")
    assert "zurückgezogen" in told(workshop, "withdraw", "erster-ton", "--yes")
    told(workshop)
    told(workshop, "prune")
    told(workshop, "rebuild")


def test_mistakes(workshop: Workshop) -> None:
    workshop.write(f"{FIRST}/transcript.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:59.000\n<v Jemand>Guten Tag.\n")
    workshop.edit(f"{FIRST}/episode.yaml", "summary: Worum es geht.\n", "sumary: x\nseason: 2.5\n")
    wrong = told(workshop, "check", code=3)
    assert "unbekannter Schlüssel „sumary“" in wrong.lower().replace("unbekannter schlüssel", "unbekannter Schlüssel")
    assert "Fehler: " in wrong
    told(workshop, "publish", "nirgends", code=2)
    told(workshop, "links", "nirgends", code=2)
    told(workshop, "publish", "erster-ton", "--all", code=2)
    told(workshop, "stats", "--since", "gestern", code=2)
    told(workshop, "doctor", "--policy", "nirgends", code=2)
    workshop.write("show.yaml", "title: [")
    told(workshop, "check", code=3)


@pytest.mark.parametrize("command", ["publish", "import", "stats"])
def test_help(command: str, workshop: Workshop) -> None:
    """In a process of its own: Typer takes its own words when it is loaded."""
    text = _process(workshop, command, "--help", COLUMNS="200").stdout
    text = re.sub(r"<(bool|str|int|path|list\[str\])>|<[^>]*range>", "", text).split(" Beispiele:")[0]
    assert not leftovers(text), "\n".join(leftovers(text))
    assert "Diese Hilfe zeigen." in text


def _process(workshop: Workshop, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    variables = workshop.variables(**GERMAN, **more)
    command = [sys.executable, "-m", "sendung", *arguments]
    return subprocess.run(
        command, cwd=workshop.folder, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_first_help_and_wrong_command_lines(workshop: Workshop) -> None:
    assert not leftovers(_process(workshop, "--help").stdout)
    for wrong in (
        ["chekc"],
        ["check", "--foo"],
        ["prune", "--older-than", "x"],
        ["diff"],
        ["log", "a", "b"],
        ["clip", "--at"],
    ):
        done = _process(workshop, *wrong)
        assert done.returncode == 2
        assert not leftovers(re.sub(r"'[^']*'|{\w+}", "", done.stderr)), done.stderr


def test_json_rules_and_exit_codes_are_the_same(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton", "title: 'Folge 1: Der erste Ton'\nnumber: 1")
    runs = [workshop.run("check", "--json", "--strict", SENDUNG_LANG=language) for language in ("en", "de")]
    assert runs[0].code == runs[1].code != 0
    assert runs[0].json == runs[1].json
    assert runs[0].json["problems"]
    failed = [workshop.run("publish", "nirgends", "--json", SENDUNG_LANG=language) for language in ("en", "de")]
    assert failed[0].json == failed[1].json


def test_findings_of_a_recording_are_german_from_the_cache_too(workshop: Workshop, tmp_path: Path) -> None:
    kept = {"SENDUNG_CACHE": str(tmp_path / "cache")}
    before = told(workshop, "audio", "erster-ton", cache=tmp_path / "cache")
    assert told(workshop, "audio", "erster-ton", cache=tmp_path / "cache") == before
    values = workshop.run("audio", "erster-ton", "--json", **GERMAN, **kept).json
    assert values == workshop.run("audio", "erster-ton", "--json", **kept).json
    assert json.dumps(values, ensure_ascii=False).count("Stille") == 0


def test_the_machines_language_counts(workshop: Workshop) -> None:
    without = {name: value for name, value in os.environ.items() if name != "SENDUNG_LANG"}
    for variables, title in (({"LANG": "de_DE.UTF-8"}, "Folgen:"), ({"LANG": "en_US.UTF-8"}, "Episodes:")):
        environment = {**without, **variables, "LC_ALL": "", "LANGUAGE": "", "SENDUNG_CACHE": str(workshop.cache)}
        command = [sys.executable, "-m", "sendung", "--help"]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
        assert title in done.stdout


def test_where_nothing_can_be_kept_it_is_german_all_the_same(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = workshop.run("log", SENDUNG_CACHE=str(tmp_path / "file"), **GERMAN)
    assert "Fehler" in done.err or "nichts" in done.out


@pytest.mark.parametrize(("answer", "sent"), [("j", True), ("nein", False)])
def test_yes_and_no_in_both_languages(answer: str, sent: bool, workshop: Workshop) -> None:
    with workshop.screen("publish", "erster-ton", SENDUNG_LANG="de") as screen:
        screen.expect("Veröffentlichen? [J/n]")
        screen.type(f"{answer}\n")
        code = screen.end()
    assert code == 0
    assert bool(workshop.store_files()) == sent
