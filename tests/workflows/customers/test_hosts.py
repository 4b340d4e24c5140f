"""Two hosts at once, and hosts that die: whatever happens to customers meanwhile, on each kind of store."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from sendung.core.concurrency import each
from sendung.records.customers_key import FOLDER
from sendung.store.interface import Store
from sendung.workflows.customers.members import add, open_register, revoke, rotate
from sendung.workflows.publish.site import refresh
from tests.crash_and_race.crashing import CALLS, Crashed, CrashingStore

from .conftest import Studio, feed_of, key_of, private_keys, reachable

_NUMBERS = count()


def publish_an_edit(studio: Studio) -> None:
    """The title of the episode, and where its public part ends."""
    text = (studio.folder / "episodes/erster-ton/episode.yaml").read_text("utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title: "))
    studio.edit(title, f"title: Fassung {next(_NUMBERS)}")
    outcome = studio.publish()
    assert outcome.error is None, outcome.error


ACTIONS: dict[str, Callable[[Studio], object]] = {
    "publish": publish_an_edit,
    "add": lambda studio: add([f"Neu {next(_NUMBERS)}"], studio.run()),
    "revoke": lambda studio: revoke(["Hans"], studio.run()),
    "rotate": lambda studio: rotate([], studio.run()),
    "rotate Erika": lambda studio: rotate(["Erika"], studio.run()),
}
MOVES = {"revoke", "rotate", "rotate Erika"}


def check_settled(studio: Studio, known: set[str], *, moved: bool) -> None:
    """All who listen get all of it, no address that ended leads anywhere, and nothing else is there."""
    register = open_register(studio.run())
    key, store = register.key, studio.store
    folders = {f"{FOLDER}{key.files(register.listed.moved)}/"}
    for customer in register.listed.by_number.values():
        folders |= {f"{FOLDER}{key.token(customer.number, serial)}/" for serial in range(1, customer.serial + 1)}
        feed = store.read(key_of(register.feed_url(customer))).data
        if customer.until:
            assert "beendet" in feed.decode()
            assert reachable(store, feed) == set()
        else:
            assert b"<item>" in feed
            assert all(each(store.stat, sorted(reachable(store, feed)), 8))
    present = {stat.key for stat in store.list(FOLDER)}
    assert {f"{key.rpartition('/')[0]}/" for key in present if key.count("/") == 2} <= folders
    assert all(any(key.startswith(folder) for folder in folders) for key in present)
    if moved:
        assert not known & present


def kill(studio: Studio, name: str, choose: Callable[[int], list[int]]) -> None:
    """End an action at some of its calls of the store; whoever runs next finishes what was begun."""
    add(["Erika", "Hans"], studio.run())
    counting = CrashingStore(studio.store, None, CALLS)
    ACTIONS[name](replace(studio, store=counting))
    for at in choose(counting.calls):
        register, _ = add(["Hans"], studio.run())
        known = private_keys(studio.store, feed_of(register, studio.store, "Hans"))
        dying = CrashingStore(studio.store, (at, at % 2 == 0), CALLS)
        with pytest.raises(Crashed):
            ACTIONS[name](replace(studio, store=dying))
        refresh(studio.run())
        last = open_register(studio.run()).listed.last
        check_settled(studio, known, moved=name in MOVES and last > register.listed.last)
        written = len(studio.store.writes)
        refresh(studio.run())
        assert len(studio.store.writes) == written, (name, at)


def some(number: int) -> Callable[[int], list[int]]:
    """At which calls a host dies: so many, the middle and the end among them."""
    return lambda calls: sorted(random.Random(7).sample(range(calls // 3, calls - 1), number))


SHORT_KILLS = [("directory", "revoke", 4), ("directory", "publish", 1), ("rclone", "rotate", 1), ("ceph", "revoke", 1)]


@pytest.mark.parametrize(("target", "name", "number"), SHORT_KILLS, indirect=["target"])
def test_what_dies_somewhere_is_finished_by_whoever_runs_next(placed: Studio, name: str, number: int) -> None:
    kill(placed, name, some(number))


@pytest.mark.soak
@pytest.mark.parametrize("name", ACTIONS)
def test_what_dies_anywhere_is_finished_by_whoever_runs_next(placed: Studio, name: str) -> None:
    kill(placed, name, lambda calls: list(range(calls - 1)))


class Overtaking:
    """A store on which the other host does something just before the nth call of this one."""

    def __init__(self, below: Store, at: int | None, act: Callable[[], object]) -> None:
        self._below, self._at, self._act = below, at, act
        self._counting = threading.Lock()
        self.calls = 0
        self.later: list[str] = []
        """The keys that were written after it."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name not in CALLS:
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            with self._counting:
                mine = self.calls == self._at
                acted = self._at is not None and self.calls > self._at
                self.calls += 1
            if mine:
                self._act()
            elif acted and name in {"create", "replace", "copy"}:
                self.later.append(arguments[1 if name == "copy" else 0])
            result = value(*arguments, **keywords)
            return iter(list(result)) if name == "list" else result

        return call


def overtake(studio: Studio, names: tuple[str, str], choose: Callable[[int], list[int]]) -> Iterator[Overtaking]:
    """The first action, with all of the second at some of its calls; what is there at the end is whole."""
    add(["Erika", "Hans"], studio.run())
    other = studio.other()
    first, second = (ACTIONS[name] for name in names)
    counting = Overtaking(studio.store, None, lambda: None)
    first(replace(studio, store=counting))
    for at in choose(counting.calls):
        register, _ = add(["Hans"], studio.run())
        known = private_keys(studio.store, feed_of(register, studio.store, "Hans"))
        store = Overtaking(studio.store, at, lambda: second(other))
        first(replace(studio, store=store))
        check_settled(studio, known, moved=bool(MOVES & set(names)))
        last = open_register(studio.run()).listed.last - register.listed.last
        assert last == sum(name != "publish" for name in names) or names == ("revoke", "revoke")
        written = len(studio.store.writes)
        refresh(other.run())
        assert len(studio.store.writes) == written, (names, at)
        yield store


PAIRS = [
    ("publish", "revoke"),
    ("revoke", "publish"),
    ("rotate", "revoke"),
    ("add", "revoke"),
    ("revoke", "add"),
    ("rotate", "rotate Erika"),
    ("publish", "rotate"),
]
SHORT_RACES = [("directory", pair, 2) for pair in PAIRS[:3]] + [("rclone", PAIRS[0], 1)]


@pytest.mark.parametrize(("target", "names", "number"), SHORT_RACES, indirect=["target"])
def test_a_host_does_something_while_another_does(placed: Studio, names: tuple[str, str], number: int) -> None:
    list(overtake(placed, names, some(number)))


@pytest.mark.soak
@pytest.mark.parametrize("names", PAIRS)
def test_a_host_does_something_at_any_moment_of_another(placed: Studio, names: tuple[str, str]) -> None:
    list(overtake(placed, names, lambda calls: list(range(calls))))


def test_who_has_read_the_records_before_a_revocation_gives_back_nothing(keyed: Studio) -> None:
    """Between reading the records and looking at what customers have: then all of it seems to be missing."""
    register, _ = add(["Erika", "Hans"], keyed.run())
    known = {key.rpartition("/e/")[0] for key in private_keys(keyed.store, feed_of(register, keyed.store, "Hans"))}
    other = keyed.other()
    seen: list[str] = []

    class Late(Overtaking):
        def __getattr__(self, name: str) -> Any:
            call = super().__getattr__(name)

            def listed(prefix: str, *arguments: Any, **keywords: Any) -> Any:
                if prefix == FOLDER and not seen:
                    seen.append(prefix)
                    revoke(["Hans"], other.run())
                    self._at = -1
                return call(prefix, *arguments, **keywords)

            return listed if name == "list" else call

    late = Late(keyed.store, None, lambda: None)
    publish_an_edit(replace(keyed, store=late))
    assert seen
    feed = key_of(register.feed_url(register.listed.by_number[register.key.number_of("Hans")]))
    assert not [key for key in late.later if key == feed or any(folder and key.startswith(folder) for folder in known)]


@pytest.mark.parametrize("target", ["directory", "ceph"], indirect=True)
def test_hosts_work_on_customers_at_once(placed: Studio) -> None:
    work_at_once(placed, 1)


@pytest.mark.soak
def test_hosts_work_on_customers_at_once_again_and_again(placed: Studio) -> None:
    work_at_once(placed, 10)


def work_at_once(placed: Studio, times: int) -> None:
    register, _ = add(["Erika", "Hans"], placed.run())
    known = private_keys(placed.store, feed_of(register, placed.store, "Hans"))
    other = placed.other()

    def work(studio: Studio, names: tuple[str, ...]) -> None:
        for name in names * times:
            ACTIONS[name](studio)

    each(lambda order: work(*order), [(placed, ("publish", "add")), (other, ("rotate", "revoke"))], 2)
    check_settled(placed, known, moved=True)


def test_two_hosts_add_at_once(keyed: Studio) -> None:
    other = keyed.other()
    store = Overtaking(keyed.store, 3, lambda: add(["Hans"], other.run()))
    add(["Erika"], replace(keyed, store=store).run())
    register = open_register(keyed.run())
    assert {customer.number for customer in register.listed.active} == set(
        map(register.key.number_of, ("Erika", "Hans"))
    )
    check_settled(keyed, set(), moved=False)
