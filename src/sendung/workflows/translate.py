"""Flow: drafts of an episode's translations, made by a command that show.yaml names. Nothing of it is published.

The command gets text on stdin and writes its translation to stdout. A draft lies beside episode.yaml as
notes.en.draft.md: publishing passes it over until a host has read it and named it notes.en.md.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.config.episode import Draft, load_draft
from sendung.config.show import ShowConfig
from sendung.config.translations import MACHINE, draft_name, file_name
from sendung.core.atomic_write import write_whole
from sendung.core.errors import ConfigError, Place, UsageError
from sendung.core.words import say
from sendung.media import transcripts
from sendung.media.chapters import format_time
from sendung.workflows.drafts.chapters import ChapterSource, find_chapters

_SECONDS = 600
"""How long a command may take for one text."""


@dataclass(frozen=True)
class TranslationDraft:
    """A file that a translator wrote."""

    path: Path
    language: str
    final: str
    """The name under which it is published."""


def translate(folder: Path, config: ShowConfig, languages: Sequence[str]) -> tuple[TranslationDraft, ...]:
    """Write drafts of what an episode has not in some of the show's languages (all, if none is named).

    Files that are there already, as drafts or read, are left alone. Raises ConfigError, UsageError.
    """
    command = _command(config)
    wanted = _languages(config, languages)
    draft = load_draft(folder, config)
    if not draft.title:
        raise UsageError(
            say("{slug} has no title here.", slug=draft.slug), "Write title and summary into episode.yaml first."
        )
    source = find_chapters(draft)
    texts = list(_texts(draft, source))
    drafts = []
    for language in wanted:
        for kind, suffix, lines in texts:
            path = folder / draft_name(kind, language, suffix)
            if path.exists() or _is_translated(draft, kind, language, suffix):
                continue
            translated = _run(command, lines, config.file.language, language)
            write_whole(path, _put_together(draft, source, kind, translated))
            drafts.append(TranslationDraft(path, language, file_name(kind, language, suffix)))
    return tuple(drafts)


def _command(config: ShowConfig) -> list[str]:
    location = config.document.place("translate")
    if not config.file.translate:
        hint = 'Write there "translate: COMMAND": it gets text on stdin and writes its translation to stdout.'
        raise ConfigError("show.yaml names no translator.", hint, config.document.place())
    try:
        return shlex.split(config.file.translate)
    except ValueError as error:
        raise ConfigError(
            say('"translate" is no command: {error}.', error=error), "Close its quotes.", location
        ) from None


def _languages(config: ShowConfig, languages: Sequence[str]) -> list[str]:
    known = list(config.file.languages)
    for language in languages:
        if language not in known:
            listed = ", ".join(known) or "none"
            raise UsageError(
                say('The show has no language "{language}".', language=language),
                say("languages in show.yaml has {listed}.", listed=listed),
            )
    if not known:
        raise ConfigError("The show has no further language.", 'Add "languages: [en]".', Place(config.document.file))
    return list(languages) or known


def _is_translated(draft: Draft, kind: str, language: str, suffix: str) -> bool:
    entry = draft.file.translations.get(language)
    named = entry is not None and (getattr(entry, kind) or (kind == "notes" and entry.title))
    return bool(named) or (draft.folder / file_name(kind, language, suffix)).exists()


def _texts(draft: Draft, source: ChapterSource) -> Iterator[tuple[str, str, list[str]]]:
    """What is translated: kind of file, its suffix, and its text as lines."""
    yield "notes", ".md", [f"# {draft.title}", "", draft.summary, "", *source.notes.splitlines()]
    if source.chapters:
        yield "chapters", ".txt", [chapter.title for chapter in source.chapters]
    if draft.transcript and any(located.cue.end_ms for located in draft.transcript.cues):
        yield "transcript", ".vtt", [" ".join(located.cue.text.split()) for located in draft.transcript.cues]


def _run(command: Sequence[str], lines: Sequence[str], source: str, target: str) -> list[str]:
    """The translation of some lines, as many lines. Raises UsageError."""
    name = Path(command[0]).name
    environment = {**os.environ, "SENDUNG_FROM": source, "SENDUNG_TO": target}
    try:
        done = subprocess.run(
            command, input="\n".join(lines) + "\n", env=environment, capture_output=True, encoding="utf-8",
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else "it took too long or wrote no UTF-8"
        raise UsageError(
            say("The translator {name} failed: {reason}.", name=name, reason=reason), "Try it by hand."
        ) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [say("exit code {returncode}", returncode=done.returncode)])[-1]
        raise UsageError(
            say("The translator {name} failed: {last}.", name=name, last=last), "Nothing was written for this text."
        )
    translated = done.stdout.removesuffix("\n").split("\n")
    if [bool(line.strip()) for line in translated] != [bool(line.strip()) for line in lines]:
        message = say(
            "The translator {name} made {translated_count} lines of {count}, or left some empty.",
            name=name,
            translated_count=len(translated),
            count=len(lines),
        )
        raise UsageError(
            message, "It must translate line by line, and keep empty ones. Nothing was written for this text."
        )
    return translated


def _put_together(draft: Draft, source: ChapterSource, kind: str, lines: Sequence[str]) -> bytes:
    """The file of a translation, of its lines."""
    if kind == "notes":
        return "\n".join([MACHINE, *lines, ""]).encode()
    if kind == "chapters":
        starts = [chapter.start_ms for chapter in source.chapters]
        return "".join(f"{format_time(at)} {title}\n" for at, title in zip(starts, lines, strict=True)).encode()
    cues = [located.cue for located in draft.transcript.cues] if draft.transcript else []
    return transcripts.to_vtt([cue.model_copy(update={"text": text}) for cue, text in zip(cues, lines, strict=True)])
