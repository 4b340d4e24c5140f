"""Many writers at once, in threads and processes: who wins, who is told to have lost, and what is stored."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import Target
from tests.store.racer import PLAIN, PROCESSES, THREADS, Race, Result

ROUNDS = 2


def run_race(target: Target, action: str) -> list[Result]:
    """What 20 writers, each with bytes of its own, were told about one key in each of the rounds."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.racer"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for number, racer in enumerate(racers):
            tell(racer, json.dumps(Race(target.url, target.endpoint_url, action, f"p{number}", ROUNDS)))
        for _ in range(ROUNDS):
            assert [hear(racer) for racer in racers] == ["ready"] * PROCESSES
            for racer in racers:
                tell(racer, "go")
        return [Result(*one) for racer in racers for one in json.loads(hear(racer))]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def tell(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(f"{line}\n")
    racer.stdin.flush()


def hear(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


def test_of_racing_creators_exactly_one_succeeds(target: Target) -> None:
    results = run_race(target, "create")
    store = target.open()
    for number in range(ROUNDS):
        told = [one for one in results if one.round == number]
        winners = [one.data for one in told if one.outcome == "written"]
        assert len(told) == PROCESSES * THREADS
        assert {one.outcome for one in told} == {"written", "ObjectExists"}
        assert winners == [store.read(f"key-{number}").data.decode()]


def test_of_racing_replacers_of_one_version_exactly_one_succeeds_where_conditions_are_honoured(target: Target) -> None:
    store = target.open()
    for number in range(ROUNDS):
        store.create(f"key-{number}", b"first", PLAIN)
    results = run_race(target, "replace")
    for number in range(ROUNDS):
        winners = [one.data for one in results if one.round == number and one.outcome == "written"]
        stored = store.read(f"key-{number}").data.decode()
        assert {one.outcome for one in results} <= {"written", "ObjectChanged"}
        assert stored in winners
        if target.honours_conditions:
            assert winners == [stored]


@pytest.mark.soak
def test_racing_creators_again_and_again(target: Target) -> None:
    for _ in range(20):
        test_of_racing_creators_exactly_one_succeeds(target)
        store = target.open()
        for one in list(store.list("")):
            store.delete(one.key)
