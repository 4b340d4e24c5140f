"""show.yaml: the show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import not_
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from sendung.config.document import Document, Files, load_yaml, validate, validate_with_files
from sendung.config.source import Digest, Source, changed_files, source_of
from sendung.config.tracks import SoundEntry
from sendung.config.values import Config, FileName, PersonEntry
from sendung.core import model
from sendung.core.errors import ConfigError
from sendung.core.field_types import Language, Line, Text, Url, Zone, mistake
from sendung.core.podcasting20 import FeedOptions
from sendung.core.templates import template_files
from sendung.core.words import say


def _check_bare(url: str) -> str:
    if "?" in url or "#" in url:
        raise mistake("must not hold ? or #", "write only the address of the store's root")
    return url


def _check_public_url(url: str) -> str:
    return _check_bare(url).rstrip("/")


class StoreSettings(Config):
    """Where the show is kept, and where the public finds it."""

    url: Line = "public"
    """A directory, relative to show.yaml, or s3://bucket/prefix."""
    endpoint_url: Annotated[Url, AfterValidator(_check_bare)] | None = None
    """The service's address, for any S3-compatible service but AWS."""
    region: Line | None = None
    """The service's region, where it wants one."""
    public_url: Annotated[Url, AfterValidator(_check_public_url)]
    """Where the store's root is on the web."""
    pretty: bool = False
    """Whether the server there answers e/slug/ with the page in it: then links leave out index.html. `sendung doctor`
    tries it."""
    compress: bool = False
    """Whether pages are stored gzip-encoded, for a bucket that is served as it is; `sendung doctor` tries it."""

    @field_validator("compress")
    @classmethod
    def _check_compress(cls, compress: bool, others: ValidationInfo) -> bool:
        if compress and not str(others.data.get("url", "")).startswith("s3://"):
            raise mistake("is for buckets, which can say so of an object", "let the web server compress what it serves")
        return compress


HIGH_PASS, LOWEST_PASS, HIGHEST_PASS = 60, 40, 80
"""Hertz: the usual one is below the voices of most people, and above rumble."""


def _is_usual(high_pass: object) -> bool:
    """As records of before say nothing of it."""
    return high_pass == HIGH_PASS


def _check_high_pass(frequency: int) -> int:
    if frequency and not LOWEST_PASS <= frequency <= HIGHEST_PASS:
        raise mistake(
            say(
                "must be {lowest_pass} to {highest_pass} (Hz), or 0", lowest_pass=LOWEST_PASS, highest_pass=HIGHEST_PASS
            ),
            "remove the line for the usual 60",
        )
    return frequency


class AudioSettings(Config):
    """How recordings are mastered."""

    loudness: Annotated[float, Field(ge=-31, le=-9)] = -16.0
    """Integrated loudness in LUFS for stereo; a mono file is made 3 LU softer, which is as loud on two speakers."""
    true_peak: Annotated[float, Field(ge=-9, le=-0.1)] = -1.0
    """The highest true peak in dBTP."""
    format: Literal["mp3", "m4a"] = "mp3"
    """The format of the published file."""
    bitrate: Annotated[int, Field(ge=32, le=320)] | None = None
    """Kilobits a second; without it 96 for mono and 128 for stereo."""
    also: Literal["opus"] | None = Field(None, exclude_if=not_)
    """opus: each episode also as an Opus file, half as large, for apps that know podcast:alternateEnclosure."""
    also_bitrate: Annotated[int, Field(ge=16, le=256)] | None = Field(None, exclude_if=not_)
    """Kilobits a second of that file, on average at most; without it 48 for mono and 64 for stereo."""
    channels: Literal["auto", "mono", "stereo"] = "auto"
    """auto makes mono of a stereo file whose sides are the same, or whose voices are on one side each."""
    intro: FileName | None = None
    """A sting that is cross-faded into the beginning of each episode."""
    outro: FileName | None = None
    """A sting that is cross-faded into the end of each episode."""
    trim: bool = True
    """Cut long silence at both ends: what is as soft as the room's noise, and neither speech nor music."""
    high_pass: Annotated[int, AfterValidator(_check_high_pass)] = Field(HIGH_PASS, exclude_if=_is_usual)
    """Hertz, 40 to 80, below which recordings are made softer: rumble, hum's lowest tone, an offset; 0 leaves them."""

    @field_validator("also_bitrate")
    @classmethod
    def _check_also_bitrate(cls, bitrate: int | None, others: ValidationInfo) -> int | None:
        if bitrate is not None and others.data.get("also", "") is None:
            raise mistake("is of no use without another format", 'write "also: opus" beside it')
        return bitrate


def _check_logo(name: str) -> str:
    if Path(name).suffix.lower() not in {".svg", ".png", ".webp", ".jpg", ".jpeg"}:
        raise mistake(say("must be SVG, PNG, WebP or JPEG: {name}", name=name), "export it as SVG or PNG")
    return name


class ThemeSettings(Config):
    """How the show's pages look."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = model.Theme().accent
    """A colour, #rrggbb; pages derive readable shades of it for light and dark."""
    font: Annotated[str, Field(pattern=r"""^[\w \-,'"]*$""")] = ""
    """A CSS font stack of fonts that listeners have installed; without it the pages' own."""
    logo: Annotated[FileName, AfterValidator(_check_logo)] | None = None
    """Shown beside the show's title: SVG, PNG, WebP or JPEG, at most 256 KB."""


class FeedSettings(FeedOptions):
    """What only the feed says."""


class CustomersSettings(model.Customers):
    """What customers get more than the public, and how one becomes a customer."""

    outro: FileName | None = None
    """A recording that the public hears at the end of its part; without it that part ends in silence."""


class EditionEntry(Config):
    """The show in one more language."""

    title: Line | None = None
    """The show's name there, where it is another one."""
    description: Text | None = None
    """What the show is about."""


def _editions(value: Any) -> Any:
    if isinstance(value, str):
        raise mistake("must be a list of languages", 'write "languages: [en]"')
    if isinstance(value, list):
        return {language: {} for language in value} if all(isinstance(code, str) for code in value) else value
    return {code: entry or {} for code, entry in value.items()} if isinstance(value, Mapping) else value


def _or_a_list(schema: dict[str, Any]) -> None:
    """What editors are told: a list of codes will do, and a language may have no key of its own."""
    entry = {"anyOf": [schema.pop("additionalProperties"), {"type": "null"}]}
    written = {"type": schema.pop("type"), "additionalProperties": entry}
    schema["anyOf"] = [written, {"type": "array", "items": {"type": "string"}}]


Editions = Annotated[
    dict[Language, EditionEntry],
    BeforeValidator(_editions),
    Field(default_factory=dict, json_schema_extra=_or_a_list),
]


def _category(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Category = Annotated[
    tuple[Line, ...],
    BeforeValidator(_category),
    Field(min_length=1, max_length=2),
    WithJsonSchema(
        {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}]}
    ),
]


class ShowFile(Config):
    """show.yaml: the show, where it is kept, and how it sounds."""

    title: Line
    """The show's name."""
    description: Text
    """What the show is about; 4000 bytes at most."""
    language: Language
    """The language spoken, such as "de"."""
    timezone: Zone
    """The zone of dates that name none, such as Europe/Berlin."""
    website: Url
    """The show's site."""
    category: Category
    """An Apple Podcasts category, or a list of it and one of its subcategories."""
    explicit: bool = False
    """Whether the show is for adults only."""
    type: model.ShowType = model.ShowType.EPISODIC
    """episodic (newest first) or serial (told in order)."""
    cover: FileName
    """The show's square artwork, 3000 x 3000 pixels."""
    cover_alt: Line | None = None
    """What is seen on it, for those who do not see it."""
    copyright: Line | None = None
    """The copyright notice."""
    author: Line | None = None
    """Who makes the show; without it the hosts' names."""
    owner: model.Owner
    """Whom directories write to."""
    hosts: Annotated[tuple[PersonEntry, ...], Field(min_length=1)]
    """Those who are heard in every episode."""
    guid: uuid.UUID | None = None
    """The show's podcast:guid, if it has one; else it is made from the feed's address once, and kept."""
    feed: FeedSettings = FeedSettings()
    """What only the feed says."""
    store: StoreSettings
    """Where the show is kept, and where the public finds it."""
    audio: AudioSettings = AudioSettings()
    """How recordings are mastered."""
    sound: SoundEntry = SoundEntry()
    """What is done to voices before that."""
    transcribe: Line | None = None
    """The program that sendung transcribe runs; {audio}, {language}, {words} and {result} are filled in."""
    listen_on: dict[str, Url] = Field(default_factory=dict)
    """Directories that list the show, and its address there: apple, spotify, deezer, ..."""
    newsletter: model.Newsletter | None = None
    """The show's newsletter."""
    customers: CustomersSettings | None = None
    """What customers get more than the public, and how one becomes a customer."""
    theme: ThemeSettings = ThemeSettings()
    """How the show's pages look."""
    imprint: Url | None = None
    """The page that says who is responsible."""
    privacy: Url | None = None
    """The privacy page."""
    age_notice: Annotated[int, Field(ge=1)] | None = None
    """Days after which an episode's page says how old it is, such as 180; without it never."""
    fetch_articles: bool = False
    """Whether publishing asks the articles' own pages for their cards, and for a title or summary that a draft leaves
    to them."""
    languages: Editions
    """Further languages that episodes have pages in: a list such as [en, ar], or entries with the keys below."""
    translate: Line | None = None
    """A command that `sendung translate` hands texts to, on stdin, for drafts of translations."""
    allow: tuple[str, ...] = ()
    """Ids of rules that this show may break."""


TEMPLATES = "templates"
"""The folder of page templates of the show's own, beside show.yaml."""


@dataclass(frozen=True)
class ShowConfig:
    """A show as its folder describes it, with every file that it names found."""

    folder: Path
    file: ShowFile
    document: Document
    cover: Path
    intro: Path | None
    outro: Path | None
    logo: Path | None
    portraits: Mapping[str, Path]
    """The hosts' portraits, by the name that show.yaml has."""
    templates: Path | None
    """The folder of page templates of the show's own, if it has one."""
    customers_outro: Path | None = None
    """What the public hears at the end of its part of an episode that goes on for customers."""

    @property
    def zone(self) -> ZoneInfo:
        """The show's time zone."""
        return ZoneInfo(self.file.timezone)

    @property
    def author(self) -> str:
        """Who makes the show."""
        return self.file.author or " & ".join(host.name for host in self.file.hosts)

    @property
    def files(self) -> dict[str, Path]:
        """Every file that the show is made of, besides show.yaml, by the name under which a source has it."""
        named = (self.cover, self.intro, self.outro, self.customers_outro, self.logo, *self.portraits.values())
        own = template_files(self.templates) if self.templates else {}
        return {str(path.relative_to(self.folder)): path for path in named if path} | {
            f"{TEMPLATES}/{name}": path for name, path in own.items()
        }

    def source(self, digest: Digest) -> Source:
        """All that the host decided (files by their digests).

        But not where the store is: that may differ between machines.
        """
        source = source_of(self.file, self.files, digest)
        store = self.file.store
        return source | {
            "store": {"public_url": store.public_url}
            | {key: True for key in ("pretty", "compress") if getattr(store, key)}
        }

    def changed_files(self, source: Source, digest: Digest) -> tuple[Path, ...]:
        """The files that are not any more what this source says. Raises ConfigError."""
        return changed_files(source, self.files, digest)


def load_show_alone(folder: Path) -> ShowConfig:
    """Read show.yaml where nothing else need be, and look for no file that it names. Raises ConfigError."""
    document = load_yaml(folder / "show.yaml")
    file = validate(document, ShowFile)
    files = Files(folder, document)
    _check_schedule(file, files)
    files.stop_on_problems()
    intro, outro, logo = (name and folder / name for name in (file.audio.intro, file.audio.outro, file.theme.logo))
    portraits = {host.picture: folder / host.picture for host in file.hosts if host.picture}
    files_of = (folder / file.cover, intro or None, outro or None, logo or None)
    ending = file.customers and file.customers.outro and folder / file.customers.outro
    return ShowConfig(folder, file, document, *files_of, portraits, _templates_in(folder), ending or None)


def load_show(folder: Path) -> ShowConfig:
    """Read show.yaml of a folder. Raises ConfigError with every mistake at its line."""
    document = load_yaml(folder / "show.yaml")
    named = (("cover",), ("audio", "intro"), ("audio", "outro"), ("theme", "logo"), ("customers", "outro"))
    file = validate_with_files(document, ShowFile, folder, *named)
    files = Files(folder, document)
    cover = files.find(file.cover, "cover")
    intro = files.find(file.audio.intro, "audio", "intro")
    outro = files.find(file.audio.outro, "audio", "outro")
    logo = files.find(file.theme.logo, "theme", "logo")
    ending = files.find(file.customers.outro, "customers", "outro") if file.customers else None
    portraits = find_portraits(file.hosts, files, "hosts")
    _check_schedule(file, files)
    _check_languages(file, files)
    files.stop_on_problems()
    stings = (_known(cover), intro, outro, logo)
    return ShowConfig(folder, file, document, *stings, portraits, _templates_in(folder), ending)


def _templates_in(folder: Path) -> Path | None:
    templates = folder / TEMPLATES
    return templates if templates.is_dir() else None


def find_portraits(persons: Sequence[PersonEntry], files: Files, key: str) -> dict[str, Path]:
    """The files of the portraits of those whom a key lists, by the name that is written there."""
    pictures = {
        person.picture: files.find(person.picture, key, n, "image")
        for n, person in enumerate(persons)
        if person.picture
    }
    return {name: path for name, path in pictures.items() if path}


def _check_schedule(file: ShowFile, files: Files) -> None:
    schedule = file.feed.schedule
    if schedule:
        try:
            schedule.in_utc(ZoneInfo(file.timezone))
        except ValueError as error:
            files.note(
                say('"feed.schedule.start" {error}.', error=error), "Write another time.", "feed", "schedule", "start"
            )


def _check_languages(file: ShowFile, files: Files) -> None:
    """Each language is there once, in any case: pages and feeds are found by it."""
    known = {file.language.lower()}
    for language in file.languages:
        if language.lower() in known:
            message = say('"{language}" is a language that the show already has.', language=language)
            files.note(message, "Remove it: languages has those besides the show's own.", "languages", language)
        known.add(language.lower())


def _known(path: Path | None) -> Path:
    assert path is not None, "a required file was checked before"  # noqa: S101 - a bug, not a mistake
    return path


def find_show(start: Path) -> Path:
    """The nearest folder that holds a show.yaml: this one or a parent. Raises ConfigError."""
    for folder in (start, *start.parents):
        if (folder / "show.yaml").is_file():
            return folder
    message = say("There is no show.yaml in {start} or above it.", start=start)
    raise ConfigError(message, "Go to the show's folder, or name it with --show DIR.")
