"""What is known of the newest revisions without reading them, and that it is never believed when it is wrong."""

from __future__ import annotations

import contextlib
import random
import shutil
from pathlib import Path

import pytest

from sendung import records
from sendung.core.errors import SendungError
from sendung.records.reader import PRIVATE, Archive, NewestRecords, Reader
from sendung.workflows.history.rollback import withdraw
from sendung.workflows.links import links_of
from tests.large import LargeShow
from tests.workflows.conftest import EPISODES, run_on


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the records that were taken to pieces."""
    keys: list[str] = []

    def decode(data: bytes, key: str, kind: type[records.R]) -> records.R:
        keys.append(key)
        return original(data, key, kind)

    original = records.decode
    monkeypatch.setattr(records, "decode", decode)
    return keys


def _told(archive: Archive) -> tuple[object, ...]:
    by_slug = {slug: archive.by_slug[slug] for slug in sorted(archive.by_slug)}
    return archive.show, dict(archive.episodes), by_slug, archive.listing


def test_the_links_of_one_episode_read_no_other(show: LargeShow, decoded: list[str]) -> None:
    world, run = show.world, run_on(show)
    run.reader.archive()
    decoded.clear()
    first = links_of(world.store(), world.cache, "folge-0003", run.clock())
    assert first.episode.slug == "folge-0003"
    assert len(decoded) == 2  # the show's, and its own
    assert links_of(world.store(), world.cache.with_name("fresh"), "folge-0003", run.clock()).kit == first.kit


def test_all_of_them_are_the_same_objects_by_every_name(show: LargeShow, decoded: list[str]) -> None:
    Reader(show.world.store(), show.world.cache).archive()
    archive = Reader(show.world.store(), show.world.cache).archive()
    assert isinstance(archive.episodes, NewestRecords)
    decoded.clear()
    assert all(archive.by_slug[record.episode.slug] is record for record in archive.episodes.values())
    assert len(decoded) == len(archive.episodes) == EPISODES


def _publish_again(show: LargeShow, chance: random.Random) -> None:
    """Another machine writes a revision."""
    elsewhere = Reader(show.world.store(), show.world.cache.with_name("elsewhere"))
    record = chance.choice([*elsewhere.archive().episodes.values()])
    episode = record.episode.model_copy(update={"title": f"Titel {chance.random()}"})
    elsewhere.add(
        records.owner_of(episode.guid), record.model_copy(update={"number": record.number + 1, "episode": episode})
    )


def _take_a_name(show: LargeShow, chance: random.Random) -> None:
    """Two episodes come to have one name."""
    elsewhere = Reader(show.world.store(), show.world.cache.with_name("elsewhere"))
    record, other = chance.sample([*elsewhere.archive().episodes.values()], 2)
    episode = record.episode.model_copy(update={"slug": other.episode.slug})
    elsewhere.add(
        records.owner_of(episode.guid), record.model_copy(update={"number": record.number + 1, "episode": episode})
    )


def _withdraw(show: LargeShow, chance: random.Random) -> None:
    withdraw(chance.choice(show.slugs), run_on(show), delete_audio=False)


def _damage(show: LargeShow, chance: random.Random) -> None:
    for path in show.world.cache.glob("records/*/newest"):
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data[: chance.choice([None, chance.randrange(len(data))])])


def _lose(show: LargeShow, chance: random.Random) -> None:
    for path in show.world.cache.glob("records/*/*"):
        if chance.random() < 0.5:
            path.unlink()


def _mix_up(show: LargeShow, chance: random.Random) -> None:
    """A store is emptied and filled anew: the same keys, other versions, other names."""
    store = show.world.store()
    for stat in list(store.list(records.PREFIX)):
        if chance.random() < 0.3 and "/show/" not in stat.key:
            record = records.decode(store.read(stat.key).data, stat.key, records.EpisodeRecord)
            episode = record.episode.model_copy(update={"slug": f"neu-{chance.randrange(10**6)}"})
            store.delete(stat.key)
            store.replace(stat.key, records.encode(record.model_copy(update={"episode": episode})), PRIVATE, None)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_records_say_the_same_as_to_a_new_machine(
    show: LargeShow, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    for step in range(10):
        change = chance.choice([_publish_again, _take_a_name, _withdraw, _damage, _damage, _lose, _mix_up])
        with contextlib.suppress(SendungError):  # withdrawn already, or nobody's name now
            change(show, chance)
        fresh = tmp_path / f"fresh-{step}"
        for _ in range(2):
            known = _told(Reader(show.world.store(), show.world.cache).archive())
            assert known == _told(Reader(show.world.store(), fresh).archive()), f"{step}: {change.__name__}"
            shutil.rmtree(fresh)


def test_what_is_kept_is_for_this_user_alone(show: LargeShow) -> None:
    Reader(show.world.store(), show.world.cache).archive()
    modes = {path.stat().st_mode & 0o777 for path in show.world.cache.glob("records/*/newest")}
    assert modes == {0o600}
