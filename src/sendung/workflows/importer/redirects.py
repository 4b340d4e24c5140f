"""Where old addresses lead now: old feed, old audio files and old pages, as web servers and people read such lists."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sendung.core.model import listen_key
from sendung.feed import FEED_KEY
from sendung.workflows.importer.old_show import OldEpisode
from sendung.workflows.importer.urls import secure
from sendung.workflows.publish.build import audio_key

FOLDER = "redirects"


@dataclass(frozen=True)
class Redirect:
    """One address that moved."""

    old: str
    new: str
    kind: str
    """feed, audio or page."""


def redirects_of(
    old_feed: str, public_url: str, episodes: Iterable[OldEpisode], folders: Iterable[Path]
) -> tuple[Redirect, ...]:
    """The feed, then page and audio of each episode, whose draft is in the folder beside it.

    Audio that goes out as it is has its address already; what is mastered anew gets one when it is published.
    """
    moved = [Redirect(old_feed, f"{public_url}/{FEED_KEY}", "feed")] if old_feed else []
    for episode, folder in zip(episodes, folders, strict=True):
        if episode.old_page and secure(episode.old_page) != episode.article:
            moved.append(Redirect(episode.old_page, f"{public_url}/{listen_key(folder.name)}", "page"))
        if audio := _finished(folder):
            key = audio_key(folder.name, audio, audio.suffix)
            moved.append(Redirect(episode.audio.url, f"{public_url}/{key}", "audio"))
    return tuple({redirect.old: redirect for redirect in moved}.values())


def files_of(redirects: Sequence[Redirect]) -> dict[str, str]:
    """The same list for nginx, Apache, hosts of static sites, and spreadsheets: name to text."""
    return {
        "nginx.conf": _nginx(redirects),
        "apache.htaccess": _apache(redirects),
        "_redirects": "".join(_static(redirect) for redirect in redirects),
        "redirects.csv": _csv(redirects),
    }


def _finished(folder: Path) -> Path | None:
    """The audio of a draft that goes out bit for bit, if it is there."""
    text = (folder / "episode.yaml").read_text("utf-8")
    name = re.search(r"(?m)^audio: (audio\.\w+)$", text)
    file = folder / name[1] if name and "\nmaster: false\n" in text else None
    return file if file and file.is_file() else None


def _nginx(redirects: Sequence[Redirect]) -> str:
    lines = (f'    "{_request(redirect.old)}" "{redirect.new}";\n' for redirect in redirects)
    return (
        "# In http { }. In the old host's server { }: if ($moved) { return 301 $moved; }\n"
        f"map $host$request_uri $moved {{\n{''.join(lines)}}}\n"
    )


def _apache(redirects: Sequence[Redirect]) -> str:
    """mod_rewrite looks at the request as it came: its other variables are decoded."""
    rules = []
    for redirect in redirects:
        host, path = _request(redirect.old).split("/", 1)
        rules.append(
            f"RewriteCond %{{HTTP_HOST}} ={host}\n"
            f'RewriteCond %{{THE_REQUEST}} "^[A-Z]+ /{_escaped(path)} "\n'
            f'RewriteRule ^ "{redirect.new}" [R=301,L,NE,QSD]\n'
        )
    return "RewriteEngine On\n" + "".join(rules)


def _static(redirect: Redirect) -> str:
    parts = urlsplit(redirect.old)
    fields = [field.partition("=") for field in parts.query.split("&") if field]
    query = "".join(f" {name}={value}" for name, _, value in fields)
    return f"{parts.scheme}://{parts.netloc}{parts.path or '/'}{query} {redirect.new} 301!\n"


def _csv(redirects: Sequence[Redirect]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("old", "new", "kind"))
    writer.writerows((redirect.old, redirect.new, redirect.kind) for redirect in redirects)
    return text.getvalue()


def _request(address: str) -> str:
    """Host, path and query."""
    parts = urlsplit(address)
    return f"{parts.hostname}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def _escaped(text: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\%])", r"\\\1", text)
