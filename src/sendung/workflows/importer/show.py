"""The show of an import: its cover, show.yaml, and what is left for the host to decide."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from sendung import net
from sendung.config.beside import crontab, ignored
from sendung.config.document import load_yaml, validate
from sendung.config.schema import schemas
from sendung.config.show import ShowFile, StoreSettings
from sendung.config.slugs import slug_of
from sendung.core.errors import ConfigError, FetchError, Problem, Severity, UsageError
from sendung.core.field_types import Zone, valid
from sendung.core.namespaces import podcast_guid
from sendung.core.words import say
from sendung.media import artwork
from sendung.workflows.importer.choices import ImportOptions
from sendung.workflows.importer.download import fetch_picture
from sendung.workflows.importer.moving_note import NAME, moving_note
from sendung.workflows.importer.old_show import OldShow
from sendung.workflows.importer.yaml import NewHome, show_yaml

_BLOCK_HINT = "Take block: out of show.yaml, if everybody is to find it."
EXAMPLE = "https://cdn.example.org/"
_ZONES = {"de": "Europe/Berlin", "de-at": "Europe/Vienna", "de-ch": "Europe/Zurich"}
_PICTURES = (".jpg", ".png", ".gif", ".webp")


def fetch_cover(show: OldShow, folder: Path, policy: net.NetPolicy) -> tuple[Path | None, list[Problem]]:
    """The show's cover: the one that is there, else the old host's, and what is wrong with it."""
    if present := _cover_there(folder):
        return present, []
    if show.image is None:
        return None, [_warning("The feed names no cover.", "Put cover.jpg beside show.yaml: square, 3000 × 3000.")]
    try:
        path = fetch_picture(show.image, folder, policy)
    except FetchError as error:
        return None, [
            _warning(say("The cover: {error}", error=error), "Put cover.jpg beside show.yaml: square, 3000 × 3000.")
        ]
    try:
        return path, list(artwork.check_cover(path))
    except ConfigError as error:
        return path, [replace(problem, severity=Severity.WARNING) for problem in error.problems]


def _cover_there(folder: Path) -> Path | None:
    """The picture that show.yaml names; before there is one, what a run that was stopped has left."""
    if (folder / "show.yaml").exists():
        name = load_yaml(folder / "show.yaml").data.get("cover")
        file = folder / str(name)
        return file if isinstance(name, str) and file.is_file() else None
    return next((file for file in sorted(folder.glob("cover.*")) if file.suffix in _PICTURES), None)


def settle_show(
    show: OldShow, folder: Path, options: ImportOptions, cover: Path | None
) -> tuple[ShowFile, list[Problem]]:
    """The show.yaml that is there, else the one that is written now. Raises ConfigError if it is another show's."""
    file = folder / "show.yaml"
    warnings: list[Problem] = []
    if not file.exists():
        home = NewHome(
            public_url=_public_url(show, options),
            timezone=_timezone(show, options),
            guessed=options.timezone is None,
            cover=cover.name if cover else "cover.jpg",
        )
        file.write_text(
            show_yaml(replace(show, guid=show.guid or (podcast_guid(show.url) if show.url else None)), home), "utf-8"
        )
        warnings = list(_open_questions(show, options))
    document = load_yaml(file)
    said = validate(document, ShowFile)
    if show.guid and said.guid and str(said.guid) != show.guid:
        message = say("show.yaml is that of another show, “{title}”.", title=said.title)
        raise ConfigError(message, "Import into a folder of its own.", document.place("guid"))
    return said, warnings


def write_beside(folder: Path) -> None:
    """What lies beside show.yaml as `sendung init` writes it, where it is not there."""
    program = str(Path(sys.executable).with_name("sendung"))
    files = {
        ".gitignore": ignored(),
        "cron.example": crontab(shlex.quote(str(folder)), shlex.quote(program)),
        **{f"schema/{name}": text for name, text in schemas().items()},
    }
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")


def write_moving(show: OldShow, folder: Path, said: ShowFile) -> Path | None:
    """The note for the old host, once it is known where the new feed will be."""
    file = folder / NAME
    if said.store.public_url.startswith(EXAMPLE):
        return None
    if not file.exists():
        file.write_text(moving_note(show, f"{said.store.public_url}/feed.xml"), "utf-8")
    return file


def _open_questions(show: OldShow, options: ImportOptions) -> Iterator[Problem]:
    """What show.yaml could not be told by the feed."""
    if options.public_url is None:
        hint = "Write it at store: public_url: in show.yaml before you publish, or import with --public-url."
        yield _warning("Nobody said where the new feed will be on the web.", hint)
    open_values = {"website": show.website, "category": show.category, "owner's e-mail address": show.owner_email}
    for name, value in open_values.items():
        if not value:
            yield _warning(
                say("The feed names no {name}; an example stands in show.yaml.", name=name),
                "Write the right one there.",
            )
    if show.moved_to:
        yield _warning(
            say("The feed says that it has moved to {moved_to}.", moved_to=show.moved_to),
            "If that is newer, import it instead.",
        )
    if "value" in show.feed:
        hint = "Look at the recipients: some hosting services add one of their own."
        yield _warning("Whom listeners pay (feed: value) was taken over as the old feed says it.", hint)
    if show.unread_language:
        message = say(
            "The feed says {unread_language} for its language; {language} stands in show.yaml.",
            unread_language=show.unread_language,
            language=show.language,
        )
        yield _warning(message, "Write the right one there.")
    if show.block:
        yield _warning("The old feed hides the show from directories; so will the new one (feed: block).", _BLOCK_HINT)


def _public_url(show: OldShow, options: ImportOptions) -> str:
    """Raises UsageError for what is no address."""
    if options.public_url is None:
        return EXAMPLE + slug_of(show.title, "show")
    try:
        return StoreSettings(public_url=options.public_url).public_url
    except ValidationError:
        message = say("{public_url} cannot be the new feed's place.", public_url=options.public_url)
        raise UsageError(message, "Write it as https://cdn.example.org/show.") from None


def _timezone(show: OldShow, options: ImportOptions) -> str:
    """Raises UsageError for what is no zone."""
    if options.timezone is None:
        language = show.language.lower()
        return _ZONES.get(language) or _ZONES.get(language.split("-")[0]) or "UTC"
    if valid(Zone, options.timezone) is None:
        raise UsageError(
            say("{timezone} is not a time zone.", timezone=options.timezone), "Write a name such as Europe/Berlin."
        )
    return options.timezone


def _warning(message: str, hint: str) -> Problem:
    return Problem(message, hint, severity=Severity.WARNING)
