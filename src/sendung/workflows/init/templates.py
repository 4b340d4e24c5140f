"""What stands in the files of a new show, all of it explained."""

from __future__ import annotations

from typing import Any

from sendung.config.yaml_writer import dump
from sendung.core.words import told
from sendung.workflows.init.answers import PLACEHOLDER, Answers

Parts = list[str | dict[str, Any]]
"""Lines as they stand, and keys with their values."""


def show_yaml(answers: Answers, cover: str, guid: str) -> str:
    """show.yaml; `cover` is the file's name, `guid` the podcast:guid of a show that does not know its address yet."""
    open_address = answers.public_url == PLACEHOLDER
    parts: Parts = [
        *_description(answers, cover),
        *_identity(guid, open_address=open_address),
        "feed:",
        "  # Other hosting services must not import this feed.",
        "  locked: true",
        "",
        *_store(answers, open_address=open_address),
        *_AUDIO,
        "# Directories that list the show already:",
        "# listen_on:",
        "#   apple: https://podcasts.apple.com/podcast/id1234567890",
        "",
        "# Pages that the law asks for in many countries; every listen page links them.",
        "# imprint: https://www.example.org/imprint/",
        "# privacy: https://www.example.org/privacy/",
        "",
        '# Ids of rules that this show breaks on purpose ("sendung check" prints the ids).',
        {"allow": []},
    ]
    return "".join(dump(part) if isinstance(part, dict) else f"{_told(part)}\n" for part in parts)


def _told(line: str) -> str:
    """A line; if it is a comment, in the host's language."""
    indent, mark, text = line.partition("# ")
    return f"{indent}{mark}{told(text)}" if mark and not indent.strip() else line


def _description(answers: Answers, cover: str) -> Parts:
    """What the show is, and who is heard in it."""
    return [
        "# yaml-language-server: $schema=schema/show.schema.json",
        "#",
        "# The show. Every key is explained here, and editors complete the keys from the schema named above. Lines",
        '# that start with "# " before a key are options that this show does not use.',
        "",
        {"title": answers.title},
        "# Plain text, 4000 bytes at most. Apps show the first two lines, so say there what the show is about.",
        {"description": answers.description, "language": answers.language},
        "# Dates that name no zone are in this one.",
        {"timezone": answers.timezone},
        "# The site with the articles.",
        {"website": answers.website},
        "# One of Apple's categories, or a list of it and one of its subcategories: [News, Tech News].",
        {"category": answers.category, "explicit": False},
        "# episodic: newest first; serial: told in order, from the first episode on.",
        {"type": "episodic"},
        "# A square JPEG or PNG, best 3000 x 3000 pixels.",
        {"cover": cover},
        "# copyright: © 2026 Ada Example",
        "",
        "# Directories write to this address when somebody claims the show. It is public in the feed.",
        {"owner": {"name": answers.host[0], "email": answers.email}},
        "",
        {"hosts": [{"name": name} for name in answers.host]},
        "    # url: https://www.example.org/ada/",
        "    # A square portrait on the web:",
        "    # image: https://www.example.org/ada.jpg",
        "",
    ]


def _identity(guid: str, *, open_address: bool) -> Parts:
    """The podcast:guid; where the feed's address is known, it is made of that when the show is published."""
    if not open_address:
        return []
    return ["# The show's identity in Podcasting 2.0. Never change it.", {"guid": guid}, ""]


def _store(answers: Answers, *, open_address: bool) -> Parts:
    return [
        "# Where everything is kept. A directory beside this file needs no account; for object storage write",
        "#   url: s3://my-bucket/my-show",
        "# and, unless it is AWS, endpoint_url and region. Credentials never stand here: they come from the",
        "# environment or ~/.aws.",
        "store:",
        *_indented({"url": answers.store}),
        *_optional("endpoint_url", answers.endpoint_url, "https://s3.example.com"),
        *_optional("region", answers.region, "eu-central-1"),
        "  # The address at which the public finds the store's root. The feed becomes <public_url>/feed.xml.",
        *(["  # This one leads nowhere yet: write yours before you tell anybody."] if open_address else []),
        *_indented({"public_url": answers.public_url}),
        "",
    ]


_AUDIO = (
    "audio:",
    "  # LUFS, what Apple and most directories ask for. A mono file is made 3 LU softer, as loud on two speakers.",
    "  loudness: -16",
    "  # dBTP: the highest peak between the samples.",
    "  true_peak: -1",
    "  # mp3 plays everywhere; m4a is smaller.",
    "  format: mp3",
    "  # Cut long silence at both ends.",
    "  trim: true",
    "  # Short pieces of music that are cross-faded into both ends:",
    "  # intro: intro.wav",
    "  # outro: outro.wav",
    "",
)


def _optional(key: str, value: str, example: str) -> list[str]:
    """A key of the store; without a value an example, as a comment."""
    return _indented({key: value}) if value else [f"  # {key}: {example}"]


def _indented(values: dict[str, Any]) -> list[str]:
    return [f"  {line}" for line in dump(values).splitlines()]
