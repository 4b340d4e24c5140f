"""Writing a new show: all of its files or none, and nothing over what is there."""

from __future__ import annotations

import contextlib
import errno
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from sendung import audio, net
from sendung.config.beside import crontab, ignored, workflow
from sendung.config.package_source import parse_source
from sendung.config.schema import schemas
from sendung.config.show import load_show
from sendung.core.errors import NoSpace, Problem, SendungError, UsageError, unwritable
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.media import artwork, tags
from sendung.store.opening import bucket_of
from sendung.workflows.init.answers import Answers, check_answers
from sendung.workflows.init.chime import chime
from sendung.workflows.init.cover import draw_cover
from sendung.workflows.init.templates import show_yaml
from sendung.workflows.new import NewEpisode, make_draft

FILES = {
    "show.yaml": "the show: title, hosts, store, and how it sounds",
    "cover.*": "its artwork",
    "episodes/": "the first episode; one folder each",
    "schema/": "what editors complete the keys from",
    ".github/": "a workflow that shows scheduled episodes",
    "requirements.txt": "what the workflow installs: this program, from where you said",
    "wheels/": "its wheel",
    "cron.example": "shows scheduled episodes, by cron on a machine of your own",
}
"""What a new show's files are for, by how their names begin. Not every show has all of them."""

_FIRST = {"de": ("erste-folge", "Die erste Folge"), "": ("first-episode", "The first episode")}
"""Slug and title of the first episode, by language."""


@dataclass(frozen=True)
class MadeShow:
    """A show that was made."""

    folder: Path
    slug: str
    """Of its first episode."""
    in_bucket: bool
    """Whether its store is a bucket."""
    files: tuple[str, ...]
    """Those of `FILES` that it has."""


def make_show(
    folder: Path, answers: Answers, guids: tuple[str, str], now: datetime, program: str, progress: Progress
) -> MadeShow:
    """Write a show with one episode into a folder, which may be there already.

    `guids` are for the show and its episode, `program` is how this machine calls sendung. Raises UsageError that names
    every wrong answer, or every file that is there already; ConfigError and AudioError for a cover and a recording that
    cannot be used; NoSpace.
    """
    check_answers(answers)
    cover = _cover_of(answers)
    slug, title = _FIRST.get(answers.language.partition("-")[0], _FIRST[""])
    files = {
        "show.yaml": show_yaml(answers, cover[0], guids[0]).encode(),
        cover[0]: cover[1],
        ".gitignore": ignored().encode(),
        "cron.example": crontab(shlex.quote(str(folder)), shlex.quote(program)).encode(),
        **{f"schema/{name}": text.encode() for name, text in schemas().items()},
    }
    if answers.install_from:
        files |= {
            ".github/workflows/publish-due.yml": workflow().encode(),
            **parse_source(answers.install_from).files(),
        }
    if answers.audio:
        audio.probe(answers.audio)
        title = tags.read_title(answers.audio) or title
    _stop_if_there(folder, [*files, f"episodes/{slug}"])
    with contextlib.ExitStack() as undo, tempfile.TemporaryDirectory(prefix="sendung-") as work:
        _write(folder, files, undo)
        recording = answers.audio or _chime(Path(work))
        config = load_show(folder)
        date = f"{now.astimezone(config.zone):%Y-%m-%d %H:%M}"
        episode = NewEpisode(slug=slug, title=title, date=date, audio=recording)
        make_draft(episode, config, guids[1], now, net.PUBLIC, progress)
        undo.pop_all()
    names = (*files, "episodes/")
    purposes = (name for name in FILES if any(fnmatch(file, f"{name}*") for file in names))
    return MadeShow(folder, slug, bucket_of(answers.store) is not None, tuple(purposes))


def _cover_of(answers: Answers) -> tuple[str, bytes]:
    """The cover's name in the show, and its bytes. Raises ConfigError, UsageError."""
    if answers.cover is None:
        return "cover.jpg", draw_cover(answers.title)
    if not answers.cover.is_file():
        raise UsageError(say("{cover} is not there.", cover=answers.cover), "Name a JPEG or PNG file with --cover.")
    artwork.check_cover(answers.cover)
    return f"cover{answers.cover.suffix.lower()}", answers.cover.read_bytes()


def _chime(folder: Path) -> Path:
    path = folder / "audio.wav"
    path.write_bytes(chime())
    return path


def _stop_if_there(folder: Path, names: list[str]) -> None:
    taken = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if taken:
        hint = "Nothing is written over, and nothing was written: move it away, or name another folder."
        raise UsageError.of(
            Problem(say("{name} is in {folder} already.", name=name, folder=folder), hint) for name in taken
        )


def _write(folder: Path, files: Mapping[str, bytes], undo: contextlib.ExitStack) -> None:
    """Write files, and note how to remove them, and the folders that were made for them. Raises UsageError, NoSpace."""
    try:
        for name, data in files.items():
            path = folder / name
            for parent in [*reversed(path.parents)]:
                if not parent.is_dir():
                    parent.mkdir()
                    undo.callback(_remove_folder, parent)
            with path.open("xb") as file:
                undo.callback(path.unlink)
                file.write(data)
    except OSError as error:
        raise _explained(error, folder) from None


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else has put a file there meanwhile
        folder.rmdir()


def _explained(error: OSError, folder: Path) -> SendungError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(
            say("There is no space left for {folder}.", folder=folder),
            "Free some space, then run the same command again.",
        )
    path = error.filename or folder
    return unwritable(path, error, "Check the folder and its permissions.")
