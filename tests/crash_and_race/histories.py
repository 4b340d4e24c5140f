"""What three hosts and a cron do with a store, and what no history of that may end with.

This knows what every folder *means* (`checkouts.py`): which story a host tells in it, and which texts of the others
whoever wrote it had before them. From that, and from what anybody can read in the store (`published.py`), it judges
what became public.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from sendung.config.show import load_show
from sendung.core.errors import ConflictError, InvariantBroken, Outdated, SendungError
from sendung.core.version import __version__
from sendung.records import SHOW, Status, revision
from sendung.workflows.context import RunContext
from sendung.workflows.history import prune, rollback, status
from sendung.workflows.publish import flow, record, site
from sendung.workflows.publish.overrides import resolve_overrides
from sendung.workflows.publish.result import Outcome
from sendung.workflows.rename import rename
from tests.crash_and_race.checkouts import (
    FACES,
    NAMES,
    SHOW_FACES,
    Checkouts,
    Telling,
    hosts,
    moment_of,
    names,
    places,
    rarely,
    stories,
    substitute,
)
from tests.crash_and_race.crashing import Crashed, CrashingStore, Interrupted
from tests.crash_and_race.published import NEWER, Published, PublishedShow, Records, read_items, read_texts
from tests.crash_and_race.world import BASE, Heard, Watcher

crashes = st.none() | st.tuples(st.integers(0, 12), st.booleans())
late = st.sampled_from([0, 0, 0, 120, -86_400])
numbers = st.none() | st.integers(1, 3)
FILES = {"cover": "cover.jpg", "template": "listen.html"}
"""By which name hosts are told that a file would be lost."""
Work = Callable[[RunContext], object]


@dataclass(frozen=True)
class Wish:
    """How a host wants a publish."""

    late_s: int = 0
    crash: tuple[int, bool] | None = None
    override: str = ""
    remaster: bool = False
    new: bool = False


@dataclass(frozen=True)
class Attempt:
    """What became of a command."""

    value: Outcome | None = None
    error: SendungError | None = None
    words: tuple[str, ...] = ()
    outdated: bool = False


def tried(run: RunContext, work: Work) -> Attempt:
    """What became of some work: its error may be raised, or be in its outcome."""
    heard = run.progress
    assert isinstance(heard, Heard)
    try:
        value = work(run)
    except SendungError as error:
        return Attempt(None, error, tuple(heard.words))
    if isinstance(value, Outcome):
        return Attempt(value, value.error, tuple(heard.words))
    return Attempt(None, None, tuple(heard.words))


@contextmanager
def of_version(version: str) -> Iterator[None]:
    """This program, as if it were of a version."""
    with ExitStack() as patches:
        for module in (revision, record, rollback):
            patches.enter_context(patch.object(module, "__version__", version))
        yield


class Histories(Checkouts):
    """Three checkouts and a cron, one store."""

    @initialize()
    def start(self) -> None:
        self.begin_history()
        self.records = Records(self.store)
        self.watcher = Watcher(self.store)
        self.updated: set[str] = set()
        self.may: set[str] = set()
        """The episodes whose date has come by the clock of somebody who ran a command: the feed may show them."""
        self.must: set[str] = set()
        """Those that it must show: by the clock of somebody whose command ended well, and not withdrawn since."""
        self.destroyed: set[str] = set()
        """Owners of revisions whose files somebody had deleted."""
        self.addresses: set[str] = set()
        """Every page that the feed ever led to."""
        for story, name in enumerate(NAMES[:2]):
            self.write("sven", name, story)
        self.publish("sven", None, Wish())
        for host in ("sebastian", "gast"):
            self.pull(host, "sven")

    # What hosts do with their checkouts, and look at the store.

    @rule(host=hosts, place=places, new=names)
    def rename(self, host: str, place: int, new: str) -> None:
        name = self.have(host, place)
        telling = self.told(host, name)
        if telling is None:
            return
        try:
            with self.version_of(host):
                renamed = rename(self.path(host, name), new, load_show(self.folder / host), self.run(host))
        except SendungError:
            return
        del self.world.folders[host, name]
        self.world.folders[host, new] = replace(telling, guid=telling.guid or renamed.written)
        if renamed.published:
            assert self.world.stories[renamed.guid] == telling.story, "renamed as another episode"

    @rule(host=hosts, place=places, new=names, story=stories)
    def reuse_a_name(self, host: str, place: int, new: str, story: int) -> None:
        """An episode gets another name, and its old one goes to a new episode: both are published."""
        old = self.have(host, place)
        self.rename(host, place, new)
        self.publish(host, new, Wish())
        if not self.told(host, old):
            self.write(host, old, story)
            self.publish(host, old, Wish(new=True))

    @rule(host=hosts, place=places, new=names)
    def move_and_publish(self, host: str, place: int, new: str) -> None:
        self.move_by_hand(host, place, new)
        self.publish(host, new, Wish())

    @rule(host=hosts, place=places, story=stories, name=names)
    def tell_another_and_publish(self, host: str, place: int, story: int, name: str) -> None:
        self.tell_another(host, place, story, name)
        self.publish(host, name, Wish())

    @rule(host=hosts, giver=hosts)
    def pull(self, host: str, giver: str) -> None:
        """A host gets another's checkout, and has a look."""
        if host != giver:
            self.take_over(host, giver)
            with suppress(Outdated, ConflictError), self.version_of(host):
                status.read_status(load_show(self.folder / host), self.run(host))

    @rule(host=hosts, certain=rarely)
    def update(self, host: str, certain: bool) -> None:
        """A host gets a newer version of this program, which the others have not yet."""
        if certain:
            self.updated.add(host)

    def version_of(self, host: str) -> AbstractContextManager[None]:
        return of_version(NEWER if host in self.updated else __version__)

    @rule(hours=st.sampled_from([1, 30, 200]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # What they do with the store.

    def attempt(
        self,
        host: str,
        work: Work,
        late_s: int = 0,
        crash: tuple[int, bool] | None = None,
        *,
        alone: bool = True,
        meant: bool = False,
    ) -> Attempt:
        """Some work, begun again after a crash; and once more, which must write nothing and say no other thing.

        Not where others did something meanwhile (`alone` is False). What is `meant` may take an episode from the feed.
        """
        self.now += timedelta(seconds=1)
        outdated = host not in self.updated and self.records.newer_wrote()
        store, before, known = CrashingStore(self.store, crash), len(self.store.writes), self.records.episodes()
        run = self.run(host, late_s)
        with self.version_of(host):
            try:
                attempt = tried(replace(run, store=store), work)
            except Crashed:
                attempt = tried(run, work)
            if outdated:
                assert isinstance(attempt.error, Outdated), attempt
                assert len(self.store.writes) == before, "an older version wrote"
                return replace(attempt, outdated=True)
            self.expect_public(run, known, attempt, meant=meant)
            assert not isinstance(attempt.error, InvariantBroken), attempt.error
            if alone:
                before = len(self.store.writes)
                again = tried(self.run(host, late_s), work)
                assert len(self.store.writes) == before, self.store.writes[before:]
                assert bool(again.error) == bool(attempt.error), (attempt.error, again.error)
        return attempt

    def expect_public(self, run: RunContext, known: Mapping[str, Published], attempt: Attempt, *, meant: bool) -> None:
        """What the feed may show, and must, once a command has ended that was run by this clock."""
        records, clock = self.records.episodes(), run.clock()
        come = {guid for guid, record in records.items() if not record.withdrawn and record.moment <= clock}
        self.may |= come
        changed = {guid for guid in records if guid not in known or records[guid] != known[guid]} if meant else set()
        gone = {guid for guid, record in records.items() if record.withdrawn}
        self.may -= gone | (changed - come)
        self.must -= gone | (changed - come)
        self.must |= set() if attempt.error else come

    @rule(
        host=hosts,
        place=places | st.none(),
        wish=st.builds(
            Wish, late, crashes, st.sampled_from(["", "", "", "episodes", "show"]), remaster=rarely, new=rarely
        ),
        first=st.sampled_from(["", "title", "notes"]),
    )
    def publish_some(self, host: str, place: int | None, wish: Wish, first: str) -> None:
        """One folder or all of them, often after an edit."""
        name = None if place is None else self.have(host, place)
        if first:
            self.edit(host, name or self.have(host, 0), first)
        self.publish(host, name, wish)

    @rule(host=hosts, place=places, days=st.sampled_from([-1, 1, 5]), late_s=late, override=rarely, crash=crashes)
    def schedule(
        self, host: str, place: int, days: int, late_s: int, override: bool, crash: tuple[int, bool] | None
    ) -> None:
        """An episode gets another date; where that is refused, its old one again."""
        name = self.have(host, place)
        before = self.told(host, name)
        if before is None:
            return
        if self.is_shown_ahead(before, late_s):
            return
        self.edit_date(host, name, days)
        attempt = self.publish(host, name, Wish(late_s, crash, override="episodes" if override else ""))
        if attempt.error:
            substitute(self.path(host, name) / "episode.yaml", r"^date: .*$", f"date: {before.texts['date']}")
            self.world.folders[host, name] = before

    def is_shown_ahead(self, telling: Telling, late_s: int) -> bool:
        """Whether a clock that is ahead of this one made it public: the guard holds another date (docs/design.md)."""
        clock = self.now - timedelta(seconds=late_s)
        records = self.records.episodes().items()
        ahead = {guid for guid, record in records if guid in self.may and record.moment > clock}
        return any(self.world.stories[guid] == telling.story for guid in ahead)

    def publish(
        self, host: str, name: str | None, wish: Wish, meanwhile: tuple[str, Callable[[], object]] | None = None
    ) -> Attempt:
        """Publish a folder or all of them; or while others do something, before the first call of that name."""
        chosen = [name] if name else NAMES
        tellings = {each: telling for each in chosen if (telling := self.told(host, each))}
        if not tellings:
            return Attempt()
        published = {*self.world.stories.values()}
        meant = frozenset([SHOW] if wish.override == "show" else tellings if wish.override else [])
        newly = frozenset(each for each, telling in tellings.items() if wish.new and telling.story not in published)
        folders = [self.path(host, each) for each in tellings]

        def work(run: RunContext) -> Outcome:
            store = Interrupted(run.store, meanwhile[0], "", meanwhile[1]) if meanwhile else run.store
            own = resolve_overrides(replace(run, store=store, overrides=meant, new=newly), tellings)
            return flow.publish(
                folders, load_show(self.folder / host), own, flow.PublishOptions(remaster=wish.remaster)
            )

        before, shown = self.records.episodes(), self.records.show()
        alone, override = meanwhile is None, wish.override == "episodes"
        attempt = self.attempt(host, work, wish.late_s, wish.crash, alone=alone, meant=override)
        tells = [*tellings.items(), *((each, telling) for each in tellings if (telling := self.told(host, each)))]
        self.judge(host, tells, before, attempt, override=override)
        self.judge_show(host, shown, attempt, override=wish.override == "show")
        if alone:
            self.judge_unchanged(tellings, attempt)
        return attempt

    def judge(
        self,
        host: str,
        tellings: Sequence[tuple[str, Telling]],
        before: Mapping[str, Published],
        attempt: Attempt,
        *,
        override: bool,
    ) -> None:
        """Whether what a publish recorded is what the folders mean, and nobody's text went unseen."""
        zone = self.records.show().faces.get("timezone", "")
        for guid, new in self.records.episodes().items():
            old = before.get(guid)
            if new.by != host or (old and old.number == new.number):
                continue
            meant = [telling for name, telling in tellings if (name, telling.texts) == (new.slug, new.texts)]
            assert meant, f"{guid} was changed by nobody's folder"
            self.judge_identity(guid, meant[0])
            self.judge_moment(new, old, zone)
            if old:
                assert override or not old.withdrawn, "what is withdrawn came back"
                seen = self.world.seen[host]
                lost = {text for key, text in old.texts.items() if new.texts[key] != text and text not in seen}
                assert override or not unmentioned(lost, attempt), f"lost unseen: {lost}"

    def judge_identity(self, guid: str, telling: Telling) -> None:
        """A GUID is one story, and a story one GUID."""
        if guid in self.world.stories:
            assert self.world.stories[guid] == telling.story, "another episode was replaced"
        else:
            assert telling.story not in self.world.stories.values(), "published twice, under two GUIDs"
        self.world.stories[guid] = telling.story

    def judge_moment(self, new: Published, old: Published | None, zone: str) -> None:
        """A date is meant in the show's zone; but what is public keeps its moment, also where the zone is corrected."""
        if old and old.texts["date"] == new.texts["date"] and (old.withdrawn or old.moment <= max(new.at, old.at)):
            assert new.moment == old.moment, "what is public was moved"
        else:
            assert new.moment == moment_of(new.texts["date"], zone), (
                "not the moment that the date is in the show's zone"
            )

    def judge_unchanged(self, tellings: Mapping[str, Telling], attempt: Attempt) -> None:
        """What is said to be unchanged is what the folder says; and nobody hears of a date that he did not touch."""
        if attempt.outdated:
            return
        records, zone = self.records.episodes(), self.records.show().faces["timezone"]
        if "apps sort by that date" in str(attempt.error):
            dates = {self.world.stories[guid]: record.texts["date"] for guid, record in records.items()}
            moved = [each for each in tellings.values() if each.texts["date"] != dates.get(each.story)]
            assert moved, "a date was refused that stands"
        for result in attempt.value.episodes if attempt.value else ():
            if result.status is Status.UNCHANGED and result.guid:
                assert records[result.guid].texts == tellings[result.folder.name].texts, "unchanged, and other texts"
                self.judge_moment(records[result.guid], records[result.guid], zone)

    def judge_show(self, host: str, before: PublishedShow, attempt: Attempt, *, override: bool) -> None:
        """What the show says is what this host's checkout says, or what it was; and nobody's words went unseen."""
        after = self.records.show()
        if after == before or after.by != host:
            return
        mine = self.world.shows[host]
        kept = {"template"} if not (mine["template"] or override) else set()
        for face in SHOW_FACES:
            assert after.faces[face] == (before.faces.get(face, "") if face in kept else mine[face]), face
        if before.faces and not override:
            assert after.public_url == before.public_url
            lost = {face for face in SHOW_FACES if after.faces[face] != before.faces[face]}
            lost -= {face for face in lost if before.faces[face] in self.world.seen[host]}
            lost = {FILES.get(face) or before.faces[face] for face in lost}
            assert not unmentioned(lost, attempt), f"lost unseen: {lost}"

    def on_history(
        self, host: str, name: str, work: Work, crash: tuple[int, bool] | None, *, alone: bool = True
    ) -> None:
        """A command that goes by a name: of what stands under another name, nothing changes."""
        before = self.records.episodes()
        self.attempt(host, work, 0, crash, alone=alone, meant=True)
        after = self.records.episodes()
        changed = {guid for guid in after if after[guid].number != before[guid].number}
        assert len(changed) <= 1
        here = {guid for guid, record in before.items() if name in (record.slug, guid)}
        assert not here or changed <= here, "the command hit an episode that was called so before"

    def published_name(self, place: int, name: str) -> str:
        """The name that one of the published episodes has; or any, where there is none."""
        slugs = sorted(record.slug for record in self.records.episodes().values())
        return slugs[place] if place < len(slugs) else name

    @rule(host=hosts, place=places, name=names, delete_audio=st.booleans(), crash=crashes)
    def withdraw(self, host: str, place: int, name: str, delete_audio: bool, crash: tuple[int, bool] | None) -> None:
        chosen = self.published_name(place, name)
        self.destroyed |= self.owners_of(chosen) if delete_audio else set()
        self.on_history(host, chosen, lambda run: rollback.withdraw(chosen, run, delete_audio=delete_audio), crash)

    @rule(host=hosts, place=places, name=names, number=numbers, crash=crashes)
    def roll_back(self, host: str, place: int, name: str, number: int | None, crash: tuple[int, bool] | None) -> None:
        chosen = self.published_name(place, name)
        self.on_history(host, chosen, lambda run: rollback.roll_back(chosen, number, run), crash)

    def owners_of(self, name: str) -> set[str]:
        """The owners of the records of what is, or was, called so."""
        newest = {owner: entry["episode"] for owner, entry in self.records.newest().items() if owner != SHOW}
        known = {owner: (own["slug"], own["guid"], *own["former_slugs"]) for owner, own in newest.items()}
        return {owner for owner, called in known.items() if name in called}

    @rule(host=hosts, late_s=late, anew=st.booleans())
    def cron(self, host: str, late_s: int, anew: bool) -> None:
        """What comes by itself, or is rebuilt, changes nothing, whatever its clock says, unless a date has come."""
        before, come = len(self.store.writes), {guid for guid, _, _ in read_items(self.store)}
        attempt = self.attempt(host, lambda run: site.refresh(run, anew=anew), late_s)
        assert attempt.error is None or isinstance(attempt.error, Outdated)
        if {guid for guid, _, _ in read_items(self.store)} == come:
            assert len(self.store.writes) == before, self.store.writes[before:]

    @rule(host=hosts, old=st.booleans(), crash=crashes)
    def prune(self, host: str, old: bool, crash: tuple[int, bool] | None) -> None:
        def work(run: RunContext) -> object:
            unnamed = prune.find_unnamed(run, timedelta(days=-9), old_revisions=old)
            return list(prune.delete_unnamed(run, unnamed, old_revisions=old))

        self.destroyed |= {*self.records.newest()} if old else set()
        must = {*self.must}
        self.attempt(host, work, 0, crash)
        self.must &= must  # it makes nothing visible

    # What two do in one moment, and what a host does by mistake.

    @rule(host=hosts, other=hosts, place=places, key=st.sampled_from(sorted(FACES)))
    def publish_at_once(self, host: str, other: str, place: int, key: str) -> None:
        """While one's episode is under way, another publishes an edit of his of that name; then it goes on."""
        name = self.have(host, place)
        if host == other:
            return
        for who in (host, other):
            self.edit(who, name, key)
        self.publish(host, name, Wish(), ("create", lambda: self.publish(other, name, Wish())))
        self.publish(host, name, Wish())

    @rule(host=hosts, other=hosts, name=names, place=places)
    def publish_two_of_one_name(self, host: str, other: str, name: str, place: int) -> None:
        """Two hosts publish a new episode each, in folders of one name, in one moment."""
        taken = {*self.world.stories.values()}
        new = [story for story in range(4) if story not in taken]
        if host == other or len(new) < 2 or name in {record.slug for record in self.records.episodes().values()}:
            return
        for who, story in zip((host, other), new, strict=False):
            self.remove(who, name)
            self.write(who, name, story)
        self.publish(host, name, Wish(new=True), ("create", lambda: self.publish(other, name, Wish(new=True))))

    @rule(host=hosts, place=places)
    def save_while_publishing(self, host: str, place: int) -> None:
        """A file is saved while a publish is under way: the next one sends it."""
        name = self.have(host, place)
        self.edit(host, name, "title")
        self.publish(host, name, Wish(), ("upload", lambda: self.edit(host, name, "notes")))
        self.publish(host, name, Wish())

    @rule(host=hosts, other=hosts, place=places, number=numbers)
    def delete_while_others_roll_back(self, host: str, other: str, place: int, number: int | None) -> None:
        """One deletes the audio of what is withdrawn, when another brings it back."""
        name = self.published_name(place, NAMES[0])
        self.destroyed |= self.owners_of(name)

        def bring_back() -> None:
            self.attempt(other, lambda run: rollback.roll_back(name, number, run), alone=False, meant=True)

        def work(run: RunContext) -> object:
            own = replace(run, store=Interrupted(run.store, "delete", "audio/", bring_back, after=True))
            return rollback.withdraw(name, own, delete_audio=True)

        self.on_history(host, name, work, None, alone=False)

    @rule(host=hosts, other=hosts, place=places)
    def prune_while_others_publish(self, host: str, other: str, place: int) -> None:
        """One publishes again what was cut short before its record, while another deletes what no record names."""
        name = self.have(host, place)
        self.edit(host, name, "title")
        with suppress(Crashed):
            self.publish(host, name, Wish(), ("create", self.crash))

        def work(run: RunContext) -> object:
            unnamed = prune.find_unnamed(run, timedelta(days=-9))
            self.publish(host, name, Wish())
            return list(prune.delete_unnamed(run, unnamed))

        must = {*self.must}
        self.attempt(other, work, alone=False)
        self.must &= must | {guid for guid, *_ in read_items(self.store)}

    def crash(self) -> None:
        raise Crashed

    @rule(host=hosts, place=places)
    def publish_from_another_show(self, host: str, place: int) -> None:
        """A show.yaml that is another show's, by a mistake, publishes nothing here."""
        file, before = self.folder / host / "show.yaml", len(self.store.writes)
        own = file.read_text("utf-8")
        substitute(file, r"^  public_url: .*$", "  public_url: https://cdn.example.org/another")
        attempt = self.publish(host, self.have(host, place), Wish())
        assert attempt.error or attempt == Attempt(), "another show was published here"
        assert len(self.store.writes) == before, self.store.writes[before:]
        file.write_text(own, "utf-8")

    @rule(host=hosts, place=places, other=places)
    def copy_a_guid(self, host: str, place: int, other: int) -> None:
        """A folder was made as a copy of another, with its GUID: nothing replaces that episode."""
        name = self.have(host, place)
        telling, published = self.told(host, name), sorted(self.world.stories)
        guid = published[other % len(published)]
        if telling is None or telling.guid or self.world.stories[guid] == telling.story:
            return
        file = self.path(host, name) / "episode.yaml"
        own = file.read_text("utf-8")
        file.write_text(f"guid: {guid}\n{own}", "utf-8")
        self.publish(host, name, Wish())
        file.write_text(own, "utf-8")

    # What no history may end with.

    @invariant()
    def what_is_public_is_in_the_feed_once(self) -> None:
        if not hasattr(self, "records"):
            return
        type(self).steps += 1
        records, items = self.records.episodes(), read_items(self.store)
        shown = {guid: title for guid, title, _ in items}
        assert len(shown) == len(items) == len({link for *_, link in items}), "one episode, or one address, twice"
        assert shown == {guid: records[guid].texts["title"] for guid in shown}
        assert not {guid for guid in shown if records[guid].withdrawn}
        assert self.must <= shown.keys() <= self.may, "what is public is not shown, or what is not, is"
        self.watcher.titles = {*shown.values()}
        self.watcher.look()
        assert self.watcher.faults == []

    @invariant()
    def what_is_not_public_is_nowhere_readable(self) -> None:
        """Neither what is withdrawn or still to come, nor what was edited since, under whatever address."""
        if not hasattr(self, "records"):
            return
        records, show, shown = self.records.episodes(), self.records.show(), read_items(self.store)
        texts = {text for guid, *_ in shown for text in records[guid].texts.values()} | {*show.faces.values()}
        pages = read_texts(self.store)
        for key, found in pages.items():
            assert found <= texts, f"{key} shows {found - texts}"
        links = {link.removeprefix(BASE) for *_, link in shown}
        self.addresses |= links
        assert self.addresses <= pages.keys(), "an address that does not answer any more"
        template = show.faces.get("template", "")
        assert all(template in pages[key] for key in links if template), "a page without the show's template"

    @invariant()
    def every_file_that_is_named_is_there(self) -> None:
        if not hasattr(self, "records"):
            return
        present = {stat.key for folder in ("audio/", "assets/") for stat in self.store.list(folder)}
        assets, newest = self.records.assets(), self.records.newest()
        for key, named in assets.items():
            owner, number = key.removeprefix("records/").removesuffix(".json").split("/")
            last = newest[owner]["number"] == int(number) and not newest[owner].get("withdrawn")
            if last or owner not in self.destroyed:
                assert named <= present, f"{key} names what is not there: {named - present}"


def unmentioned(texts: Collection[str], attempt: Attempt) -> set[str]:
    """Those that nobody was told of."""
    return {text for text in texts if not any(text in words for words in attempt.words)}
