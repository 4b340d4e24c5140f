"""A store in a directory of this machine, or of a file server.

Every object is a file. What is being written lies in a folder of its own beside the objects and is moved into place
whole, so readers (a web server among them) see the old file or the new one and never a part. Conditions hold between
processes by one lock file; where the file system has no locks, creating still is exclusive, by hard links or claims.

A file's version is its inode, size and time of change. The time's second is that of the write, so a clock that was
ahead once does no harm later; below the second it is a number that the lock file counts, so no two writes look alike.

What web servers read is readable for everybody, whatever the umask; records and state are as the umask has it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from sendung.core.atomic_write import writing
from sendung.core.errors import (
    AccessDenied,
    Damaged,
    NoSpace,
    ObjectChanged,
    ObjectExists,
    ObjectMissing,
    SendungError,
    StoreError,
    StoreMissing,
    Unreachable,
)
from sendung.core.words import say
from sendung.store.exclusive import put_new
from sendung.store.interface import Abilities, Headers, Stat, Stored, Version, Write
from sendung.store.keys import HIDDEN, check_key
from sendung.store.reading import pieces_of
from sendung.store.rights import is_private, let_read, unreadable
from sendung.store.walk import version_of, walk

_CHUNK = 1 << 20
_SECOND_NS = 10**9
_STALE_NS = 24 * 3600 * 10**9
_ABSENT = (FileNotFoundError, NotADirectoryError)


class DirectoryStore:
    """Objects as files under `root`, which the first write makes if the folder above it is there.

    Headers are left to the web server. `name` is how a host wrote the directory (default: its path).
    """

    def __init__(self, root: Path, name: str = "") -> None:
        self._root = root
        self._name = name or str(root)
        self._writes: list[Write] = []
        self._ready = False

    @property
    def name(self) -> str:
        """The directory as a host wrote it."""
        return self._name

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written through this object so far, in order."""
        return tuple(self._writes)

    def read(self, key: str) -> Stored:
        """The whole of an object. Raises ObjectMissing."""
        stored = self._find(key)
        if stored is None:
            raise ObjectMissing(say("{name} holds no {key}.", name=self._name, key=key))
        return stored

    def create(self, key: str, data: bytes, headers: Headers) -> Version:
        """Write an object that must not be there yet. Raises ObjectExists if there are other bytes."""
        stored = self._find(key) or self._create(key, data) or self.read(key)
        if stored.data != data:
            raise ObjectExists(say("{name} already holds another {key}.", name=self._name, key=key))
        return stored.version

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """Write an object if it still has `version` (None: is absent). Raises ObjectChanged."""
        path = self._path(key)
        if version is None:
            created = self._create(key, data)
            if created is None:
                raise _changed(self._name, key)
            return created.version
        if (stored := self._find(key)) and stored == Stored(data, version):
            return version
        with self._faults(key), self._staged(key, [data]) as staged, self._lock(staged):
            present = _look(path)
            if present is None or version_of(present) != version:
                raise _changed(self._name, key)
            self._move(staged, path)
            return self._written(key, path, len(data))

    def upload(self, key: str, path: Path, sha256: str, headers: Headers, sent: Callable[[int], None]) -> None:
        """Copy a file into the store and read it back. Raises Damaged if either is not what `sha256` says."""
        target = self._path(key)
        with self._faults(key):
            present = self._whole(target, path.stat().st_size, sha256)
            if present is not None:
                sent(present.st_size)
                return
            with self._staged(key, _pieces(path, sha256, sent)) as staged, self._lock(staged):
                self._move(staged, target)
                self._written(key, target, path.stat().st_size)
            present = self._whole(target, path.stat().st_size, sha256)
        if present is None:
            raise Damaged(
                say("{name} does not hold {key} as it was written.", name=self._name, key=key),
                "Check the disk, then publish again.",
            )

    def copy(self, source: str, key: str, headers: Headers) -> None:
        """Copy a file within the store. Raises ObjectMissing, Damaged."""
        origin, target = self._path(source), self._path(key)
        with self._faults(key):
            status, present = _look(origin), _look(target)
            if status is None:
                raise ObjectMissing(say("{name} holds no {source}.", name=self._name, source=source))
            if present is not None and present.st_size == status.st_size:
                return
            with _opened(origin) as file, self._staged(key, _chunks(file)) as staged, self._lock(staged):
                if staged.stat().st_size != status.st_size:
                    raise Damaged(say("{source} changed while it was copied.", source=source), "Run the command again.")
                self._move(staged, target)
                self._written(key, target, status.st_size)

    def download(self, key: str, path: Path) -> None:
        """Copy an object out of the store. Raises ObjectMissing."""
        if self.stat(key) is None:
            raise ObjectMissing(say("{name} holds no {key}.", name=self._name, key=key))
        with _opened(self._path(key)) as file, writing(path) as copy:
            copy.writelines(_chunks(file))

    def stat(self, key: str) -> Stat | None:
        """Size and version of an object, or None."""
        path = self._path(key)
        with self._faults(key):
            present = _look(path)
            if present is None:
                self._must_be_possible()
                return None
            return Stat(key, present.st_size, version_of(present))

    def list(self, prefix: str, hints: Collection[str] = ()) -> Iterator[Stat]:
        """Every object whose key starts with `prefix`, by key in byte order. Links are not followed."""
        with self._faults(prefix):
            if not self._root.is_dir():
                self._must_be_possible()
                return
            yield from walk(str(self._root), "", prefix)

    def delete(self, key: str) -> None:
        """Remove an object and the folders that it leaves empty."""
        path = self._path(key)
        with self._faults(key):
            if _look(path) is None:
                self._must_be_possible()
                return
            with self._lock(None):
                path.unlink(missing_ok=True)
                self._drop_empty(path.parent)

    def closed(self) -> dict[str, int]:
        """How many public files and folders web servers may not read, by the name at the root that they are below."""
        with self._faults(""):
            return unreadable(self._root) if self._root.is_dir() else {}

    def abilities(self) -> Abilities:
        """Conditions hold between processes; files have no metadata."""
        return Abilities(create=True, replace=True, metadata=None)

    def _path(self, key: str) -> Path:
        """The file of a key; never one that a link puts outside of the store."""
        path = self._root.joinpath(*check_key(key).split("/"))
        if not Path(os.path.realpath(path.parent)).is_relative_to(os.path.realpath(self._root)):
            raise _leads_out(self._name, key)
        return path

    def _find(self, key: str) -> Stored | None:
        path = self._path(key)
        with self._faults(key):
            try:
                with _opened(path) as file:
                    status = os.fstat(file)
                    if stat.S_ISREG(status.st_mode):
                        return Stored(b"".join(_chunks(file)), version_of(status))
            except _ABSENT:
                self._must_be_possible()
        return None

    def _create(self, key: str, data: bytes) -> Stored | None:
        """Write a file that must not be there; None if it is."""
        path = self._path(key)
        with self._faults(key), self._staged(key, [data]) as staged, self._lock(staged):
            self._make_folders(path.parent)
            claims = self._root / HIDDEN / "claims"
            self._make_folders(claims)
            if not put_new(staged, path, claims / hashlib.sha256(key.encode()).hexdigest()):
                return None
            _sync(path.parent)
            return Stored(data, self._written(key, path, len(data)))

    def _whole(self, path: Path, size: int, sha256: str) -> os.stat_result | None:
        """What is known of a file if it has this size and digest."""
        present = _look(path)
        if present is None or present.st_size != size:
            return None
        with _opened(path) as file:
            digest = hashlib.sha256()
            for chunk in _chunks(file):
                digest.update(chunk)
        return present if digest.hexdigest() == sha256 else None

    @contextlib.contextmanager
    def _staged(self, key: str, pieces: Iterable[bytes]) -> Iterator[Path]:
        """A file of these bytes for a key, on the disk for certain, beside the objects; gone afterwards."""
        staging = self._root / HIDDEN / "staging"
        if not self._ready:
            self._must_be_possible()
            self._make_folders(staging)
        staged = staging / uuid.uuid4().hex
        try:
            with _opened(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
                for piece in pieces:
                    _write_all(file, piece)
                if not is_private(key):
                    let_read(file)
                os.fsync(file)
            if not self._ready:
                _clean(staging, staged.stat().st_mtime_ns)
                self._ready = True
            yield staged
        finally:
            staged.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _lock(self, staged: Path | None) -> Iterator[None]:
        """Hold the store's lock; a staged file gets a time that no other file of this store has."""
        with _opened(self._root / HIDDEN / "lock", os.O_RDWR | os.O_CREAT) as lock:
            with contextlib.suppress(OSError):  # without locks, creating still is exclusive
                fcntl.flock(lock, fcntl.LOCK_EX)
            if staged is not None:
                last = os.pread(lock, 32, 0).strip()
                count = int(last) + 1 if last.isdigit() else 0
                now = staged.stat().st_mtime_ns // _SECOND_NS * _SECOND_NS + count % _SECOND_NS
                os.pwrite(lock, b"%-32d" % count, 0)
                os.utime(staged, ns=(now, now))
            yield

    def _move(self, staged: Path, path: Path) -> None:
        self._make_folders(path.parent)
        staged.replace(path)
        _sync(path.parent)

    def _written(self, key: str, path: Path, size: int) -> Version:
        self._writes.append(Write(key, size))
        return version_of(path.stat())

    def _make_folders(self, folder: Path) -> None:
        """Make a folder of the store, on the disk for certain."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            if not is_private(f"{new.relative_to(self._root).as_posix()}/"):
                let_read(new)
            _sync(new.parent)

    def _drop_empty(self, folder: Path) -> None:
        with contextlib.suppress(OSError):
            while folder != self._root:
                folder.rmdir()
                folder = folder.parent

    def _must_be_possible(self) -> None:
        """Raise StoreMissing if the directory neither exists nor can be made."""
        exists = self._root.exists()  # asked once: another publish may be making it just now
        if self._root.is_dir() if exists else self._root.parent.is_dir():
            return
        raise StoreMissing(
            say("The folder {root} does not exist, nor does the one above it.", root=self._root)
            if not exists
            else say("{root} is not a folder.", root=self._root),
            "Correct store.url in show.yaml, or make the folder.",
        )

    @contextlib.contextmanager
    def _faults(self, key: str) -> Iterator[None]:
        """What the operating system says, as an error that a host can mend."""
        try:
            yield
        except OSError as error:
            raise _explained(error, self._name, key) from error


def _explained(error: OSError, name: str, key: str) -> SendungError:
    where = f"{name}, {key}" if key else name
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return NoSpace(
                say("No space is left in {name}.", name=name), "Make room (or raise the quota), then publish again."
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return AccessDenied(
                say("No right to do this in {where}: {strerror}.", where=where, strerror=error.strerror),
                "Check who owns the folder and its permissions.",
            )
        case errno.ELOOP:
            return _leads_out(name, key)
        case errno.ESTALE | errno.ETIMEDOUT | errno.EHOSTDOWN | errno.EHOSTUNREACH | errno.ENOTCONN:
            return Unreachable(
                say("{name} does not answer: {strerror}.", name=name, strerror=error.strerror),
                "Check the connection to the file server.",
            )
        case errno.EIO:
            return Damaged(
                say("The disk fails at {where}: {strerror}.", where=where, strerror=error.strerror), "Check the disk."
            )
        case _:
            return StoreError(say("{where}: {strerror}.", where=where, strerror=error.strerror or error))


def _leads_out(name: str, key: str) -> AccessDenied:
    return AccessDenied(
        say("{key} is, or is below, a link that leads out of {name}.", key=key, name=name), "Remove the link."
    )


def _changed(name: str, key: str) -> ObjectChanged:
    return ObjectChanged(
        say("Somebody else has written {key} in {name} meanwhile.", key=key, name=name), "Run the command again."
    )


def _look(path: Path) -> os.stat_result | None:
    """What is known of a regular file, or None if there is none. A link there is refused."""
    try:
        status = path.lstat()
    except _ABSENT:
        return None
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return status if stat.S_ISREG(status.st_mode) else None


@contextlib.contextmanager
def _opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[int]:
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o666)
    try:
        yield file
    finally:
        os.close(file)


def _chunks(file: int) -> Iterator[bytes]:
    while chunk := os.read(file, _CHUNK):
        yield chunk


def _pieces(path: Path, sha256: str, sent: Callable[[int], None]) -> Iterator[bytes]:
    """The bytes of a file to send. Raises Damaged at its end if they are not what `sha256` says."""
    for chunk in pieces_of(path, sha256, _CHUNK):
        yield chunk
        sent(len(chunk))


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync(folder: Path) -> None:
    """See that a folder's entries are on the disk; some file systems cannot be asked to."""
    with _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as file, contextlib.suppress(OSError):
        os.fsync(file)


def _clean(staging: Path, now_ns: int) -> None:
    """Remove what killed runs left in the staging folder, by the file system's own clock."""
    for left in staging.iterdir():
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if now_ns - left.lstat().st_mtime_ns > _STALE_NS:
                left.unlink()
