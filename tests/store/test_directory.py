"""What only a directory can do wrong: links, leftovers, full and read-only disks, file systems without hard links."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sendung.core.errors import (
    AccessDenied,
    Damaged,
    NoSpace,
    ObjectChanged,
    ObjectExists,
    SendungError,
    StoreError,
    StoreMissing,
    Unreachable,
)
from sendung.store import Headers
from sendung.store.directory import DirectoryStore

PAGE = Headers("text/html")


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "public", "public")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_made_by_the_first_write_only(store: DirectoryStore, tmp_path: Path) -> None:
    assert store.stat("a") is None
    assert list(store.list("")) == []
    assert not (tmp_path / "public").exists()
    store.create("e/a/index.html", b"<p>", PAGE)
    assert (tmp_path / "public/e/a/index.html").read_bytes() == b"<p>"


def test_a_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for root in (tmp_path / "not/mounted", tmp_path / "file"):
        store = DirectoryStore(root)
        uses: list[Callable[[], object]] = [
            lambda store=store: store.read("a"),  # type: ignore[misc]
            lambda store=store: store.stat("a"),  # type: ignore[misc]
            lambda store=store: list(store.list("")),  # type: ignore[misc]
            lambda store=store: store.create("a", b"", PAGE),  # type: ignore[misc]
            lambda store=store: store.replace("a", b"", PAGE, None),  # type: ignore[misc]
            lambda store=store: store.delete("a"),  # type: ignore[misc]
        ]
        for use in uses:
            with pytest.raises(StoreMissing) as caught:
                use()
            assert str(root) in str(caught.value)
    assert not (tmp_path / "not").exists()


def test_nothing_is_left_beside_the_objects(store: DirectoryStore, tmp_path: Path) -> None:
    version = store.replace("feed.xml", b"1", PAGE, None)
    store.replace("feed.xml", b"2", PAGE, version)
    with pytest.raises(ObjectExists):
        store.create("feed.xml", b"3", PAGE)
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"3", PAGE, version)
    store.create("e/a/index.html", b"", PAGE)
    store.delete("e/a/index.html")
    assert files(tmp_path / "public") == {"feed.xml", ".sendung/lock"}
    assert not (tmp_path / "public/e").exists()


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o027])
def test_objects_are_readable_for_a_web_server_whatever_the_umask(
    store: DirectoryStore, tmp_path: Path, mask: int
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    before = os.umask(mask)
    try:
        store.create("feed.xml", b"1", PAGE)
        store.replace("e/a/index.html", b"1", PAGE, None)
        store.upload("audio/a.mp3", source, hashlib.sha256(b"x").hexdigest(), PAGE, lambda _: None)
        store.create("records/a/1.json", b"1", PAGE)
    finally:
        os.umask(before)
    root = tmp_path / "public"
    for file in (root / "feed.xml", root / "e/a/index.html", root / "audio/a.mp3"):
        assert file.stat().st_mode & 0o777 == 0o666 & ~mask | 0o444
        for folder in [parent for parent in file.parents if parent.is_relative_to(root)]:
            assert folder.stat().st_mode & 0o555 == 0o555
    assert (root / "records/a/1.json").stat().st_mode & 0o777 == 0o666 & ~mask
    assert (root / "records").stat().st_mode & 0o777 == 0o777 & ~mask


def test_a_link_never_leads_out_of_the_store(store: DirectoryStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    store.create("a", b"", PAGE)
    (tmp_path / "public/folder").symlink_to(outside)
    (tmp_path / "public/file").symlink_to(outside / "secret")
    source = tmp_path / "source"
    source.write_bytes(b"x")
    digest = hashlib.sha256(b"x").hexdigest()
    for key in ("folder/secret", "file"):
        uses: list[Callable[[str], object]] = [
            store.read,
            store.stat,
            store.delete,
            lambda key: store.create(key, b"x", PAGE),
            lambda key: store.upload(key, source, digest, PAGE, print),
        ]
        for use in uses:
            with pytest.raises(AccessDenied, match="link"):
                use(key)
    with pytest.raises((AccessDenied, ObjectChanged)):
        store.replace("file", b"x", PAGE, None)
    assert [one.key for one in store.list("")] == ["a"]
    assert (outside / "secret").read_bytes() == b"secret"
    assert files(outside) == {"secret"}


def test_what_killed_runs_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    staging = tmp_path / "public/.sendung/staging"
    staging.mkdir(parents=True)
    (staging / "old").write_bytes(b"half")
    (staging / "young").write_bytes(b"half")
    os.utime(staging / "old", (time.time() - 90_000,) * 2)
    DirectoryStore(tmp_path / "public").create("a", b"", PAGE)
    assert files(staging) == {"young"}


def test_without_hard_links_creating_is_still_exclusive(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    store.create("records/1.json", b"one", PAGE)
    with pytest.raises(ObjectExists):
        store.create("records/1.json", b"two", PAGE)
    with pytest.raises(ObjectChanged):
        store.replace("records/1.json", b"two", PAGE, None)
    assert store.read("records/1.json").data == b"one"


def test_versions_differ_even_if_a_file_system_reuses_inode_and_time(store: DirectoryStore, tmp_path: Path) -> None:
    """What stands below the second of the time of change is counted."""
    seen = set()
    version = store.create("a", b"0", PAGE)
    for number in range(5):
        version = store.replace("a", b"%d" % number, PAGE, version)
        seen.add((tmp_path / "public/a").stat().st_mtime_ns % 10**9)
    assert len(seen) == 5


def test_one_write_under_a_clock_ahead_does_not_stop_the_time_of_later_ones(
    store: DirectoryStore, tmp_path: Path
) -> None:
    """Else Last-Modified stayed the same for ever, and web servers told every app that nothing is new."""
    version = store.create("feed.xml", b"0", PAGE)
    # what a write in the year 2100 left, by this version and by those before it
    (tmp_path / "public/.sendung/lock").write_text(f"{4_102_444_800_123_456_789:<32}")
    os.utime(tmp_path / "public/feed.xml", (4_102_444_800,) * 2)
    found = store.stat("feed.xml")
    assert found is not None
    assert found.version != version
    before = int(time.time())
    store.replace("feed.xml", b"1", PAGE, found.version)
    assert before <= int((tmp_path / "public/feed.xml").stat().st_mtime) <= time.time()


@pytest.fixture
def neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links and without locks, as some network shares are."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("fcntl.flock", refuse)


@pytest.mark.usefixtures("neither")
def test_without_links_and_locks_exactly_one_creates(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()

    def create(number: int, key: str, barrier: threading.Barrier) -> bytes | None:
        store = DirectoryStore(tmp_path / "public")
        barrier.wait()
        try:
            store.create(key, b"%d" % number, PAGE)
        except ObjectExists:
            return None
        return b"%d" % number

    for round_ in range(30):
        key, barrier = f"records/{round_}.json", threading.Barrier(8)
        with ThreadPoolExecutor(8) as pool:
            told = [*pool.map(create, range(8), [key] * 8, [barrier] * 8)]
        winners = [data for data in told if data is not None]
        assert winners == [DirectoryStore(tmp_path / "public").read(key).data]
    assert not [*(tmp_path / "public/.sendung/claims").iterdir()]


@pytest.mark.usefixtures("neither")
@pytest.mark.parametrize("left", ["a staged file", "nothing", "no name"])
def test_the_claim_of_a_killed_run_is_finished_or_removed(store: DirectoryStore, tmp_path: Path, left: str) -> None:
    hidden = tmp_path / "public/.sendung"
    store.create("records/1.json", b"one", PAGE)
    claim = hidden / "claims" / hashlib.sha256(b"records/2.json").hexdigest()
    claim.write_text("" if left == "no name" else "0815")
    if left == "a staged file":
        (hidden / "staging/0815").write_bytes(b"killed")
        with pytest.raises(ObjectExists):
            store.create("records/2.json", b"two", PAGE)
    else:
        os.utime(claim, (time.time() - 60,) * 2)
        store.create("records/2.json", b"two", PAGE)
    assert store.read("records/2.json").data == (b"killed" if left == "a staged file" else b"two")
    assert not claim.exists()


def test_a_full_disk_is_told_and_harms_nothing(small_disk: Path, tmp_path: Path) -> None:
    store = DirectoryStore(small_disk / "public")
    version = store.replace("feed.xml", b"old", PAGE, None)
    big = tmp_path / "big"
    big.write_bytes(bytes(2_000_000))
    digest = hashlib.sha256(big.read_bytes()).hexdigest()
    for use in (
        lambda: store.replace("feed.xml", big.read_bytes(), PAGE, version),
        lambda: store.create("records/1.json", big.read_bytes(), PAGE),
        lambda: store.upload("audio/a.mp3", big, digest, PAGE, print),
    ):
        with pytest.raises(NoSpace) as caught:
            use()
        assert caught.value.problems[0].hint
    assert files(small_disk / "public") == {"feed.xml", ".sendung/lock"}
    assert store.read("feed.xml").data == b"old"
    store.replace("feed.xml", b"new", PAGE, version)


def test_a_read_only_directory_can_be_read_and_says_so_when_written(small_disk: Path) -> None:
    store = DirectoryStore(small_disk / "public")
    store.create("feed.xml", b"old", PAGE)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    reader = DirectoryStore(small_disk / "public")
    assert reader.create("feed.xml", b"old", PAGE) == reader.read("feed.xml").version
    assert [one.key for one in reader.list("")] == ["feed.xml"]
    for use in (
        lambda: reader.create("new", b"", PAGE),
        lambda: reader.replace("feed.xml", b"new", PAGE, reader.read("feed.xml").version),
        lambda: reader.delete("feed.xml"),
    ):
        with pytest.raises(AccessDenied, match="Read-only file system"):
            use()
    assert reader.read("feed.xml").data == b"old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_of_somebody_else_is_denied(store: DirectoryStore, tmp_path: Path) -> None:
    store.create("feed.xml", b"old", PAGE)
    (tmp_path / "public/.sendung/staging").chmod(0o500)
    with pytest.raises(AccessDenied, match="Permission denied"):
        DirectoryStore(tmp_path / "public").create("new", b"", PAGE)


def test_every_other_complaint_of_the_system_is_a_store_error(store: DirectoryStore) -> None:
    with pytest.raises(StoreError, match="File name too long") as caught:
        store.create("a" * 300, b"", PAGE)
    assert isinstance(caught.value, SendungError)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EDQUOT, NoSpace),
        (errno.EROFS, AccessDenied),
        (errno.EIO, Damaged),
        *((number, Unreachable) for number in (errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.ENOTCONN)),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else value.__name__,
)
def test_what_a_file_server_or_disk_complains_of_is_told_with_what_to_do(
    store: DirectoryStore, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[SendungError]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.link", refuse)
    with pytest.raises(kind, match="public") as caught:
        store.create("feed.xml", b"", PAGE)
    assert type(caught.value) is kind
    assert caught.value.problems[0].hint
    assert store.stat("feed.xml") is None


def test_files_that_cannot_be_objects_are_not_listed(store: DirectoryStore, tmp_path: Path) -> None:
    store.create("e/a.html", b"", PAGE)
    for name in ("e/ä.html", "e/a\\b.html", "e/a\nb.html"):
        (tmp_path / "public" / name).touch()
    assert [stat.key for stat in store.list("")] == ["e/a.html"]


def test_a_writer_that_is_killed_leaves_the_old_object_or_the_new_one(store: DirectoryStore, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sendung.store import Headers; "
        "from sendung.store.directory import DirectoryStore\n"
        "store = DirectoryStore(Path(sys.argv[1])); version = store.read('feed.xml').version\n"
        "while True: version = store.replace('feed.xml', b'%d' % len(store.writes) * 100_000, Headers(''), version)"
    )
    store.replace("feed.xml", b"0" * 100_000, PAGE, None)
    for number in range(6):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "public")])
        time.sleep(0.3 + number * 0.013)
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
        found = store.read("feed.xml")
        half, rest = divmod(len(found.data), 100_000)
        assert rest == 0
        assert found.data == found.data[:half] * 100_000
        store.replace("feed.xml", b"0" * 100_000, PAGE, found.version)


COUNT = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sendung.core.errors import ObjectChanged
from sendung.store import Headers
from sendung.store.directory import DirectoryStore

class Slow(DirectoryStore):
    def _move(self, staged, path):
        time.sleep(0.03)  # between looking and writing
        super()._move(staged, path)

store, left = Slow(Path(sys.argv[1])), 5
print("ready", flush=True)
sys.stdin.read()
while left:
    found = store.read("count")
    try:
        store.replace("count", b"%d" % (int(found.data) + 1), Headers("text/plain"), found.version)
        left -= 1
    except ObjectChanged:
        pass
"""


def test_of_two_processes_that_read_change_and_write_one_object_neither_loses_anything(
    store: DirectoryStore, tmp_path: Path
) -> None:
    store.create("count", b"0", PAGE)
    command = [sys.executable, "-c", COUNT, str(tmp_path / "public")]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.read(6) == b"ready\n"
    for writer in writers:
        assert writer.stdin
        assert writer.stdout
        writer.stdin.close()
        writer.stdout.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert store.read("count").data == b"10"


class Failing(DirectoryStore):
    """On a disk that holds other bytes than it took; their number is right."""

    def _move(self, staged: Path, path: Path) -> None:
        super()._move(staged, path)
        path.write_bytes(bytes(path.stat().st_size))


def test_a_disk_that_holds_other_bytes_than_it_took_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"recording")
    digest = hashlib.sha256(b"recording").hexdigest()
    with pytest.raises(Damaged, match=r"audio/a\.mp3"):
        Failing(tmp_path / "public").upload("audio/a.mp3", source, digest, PAGE, lambda _: None)
    store = DirectoryStore(tmp_path / "public")
    store.upload("audio/a.mp3", source, digest, PAGE, lambda _: None)
    assert store.read("audio/a.mp3").data == b"recording"


@dataclass
class Synced:
    """What was made sure to be on the disk: files by inode with their size then, folders with their entries then."""

    files: dict[int, int] = field(default_factory=dict)
    folders: dict[Path, set[str]] = field(default_factory=dict)

    def note(self, descriptor: int) -> None:
        known = os.fstat(descriptor)
        if stat.S_ISDIR(known.st_mode):
            folder = Path(f"/proc/self/fd/{descriptor}").readlink()
            self.folders[folder] = set(os.listdir(descriptor))
        else:
            self.files[known.st_ino] = known.st_size


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> Synced:
    """What is synced from now on, by the descriptors that are."""
    if sys.platform != "linux":
        pytest.skip("the folder of a descriptor is told by Linux")
    synced, sync = Synced(), os.fsync

    def note(descriptor: int) -> None:
        synced.note(descriptor)
        sync(descriptor)

    monkeypatch.setattr("os.fsync", note)
    return synced


def test_what_was_written_is_on_the_disk_before_it_is_reported(
    store: DirectoryStore, tmp_path: Path, synced: Synced
) -> None:
    """The bytes, the file's name, and the names of the folders that are new, up to the one that was there."""
    source = tmp_path / "source"
    source.write_bytes(bytes(3_000_000))
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    uses: dict[str, Callable[[str], object]] = {
        "records/show/1.json": lambda key: store.create(key, b"created", PAGE),
        "e/a/index.html": lambda key: store.replace(key, b"absent", PAGE, None),
        "audio/1/a.mp3": lambda key: store.upload(key, source, digest, PAGE, lambda _: None),
        "feed.xml": lambda key: store.replace(key, b"newer", PAGE, store.replace(key, b"old", PAGE, None)),
    }
    for key, use in uses.items():
        synced.files.clear()
        use(key)
        path = tmp_path / "public" / key
        assert synced.files[path.stat().st_ino] == path.stat().st_size
        while path != tmp_path:
            assert path.name in synced.folders[path.parent], key
            path = path.parent


def test_a_file_that_is_replaced_is_synced_with_its_folder_each_time(
    store: DirectoryStore, tmp_path: Path, synced: Synced
) -> None:
    version = store.replace("feed.xml", b"old", PAGE, None)
    synced.files.clear()
    synced.folders.clear()
    store.replace("feed.xml", b"newer", PAGE, version)
    path = tmp_path / "public/feed.xml"
    assert synced.files == {path.stat().st_ino: 5}
    assert synced.folders.keys() == {path.parent}
