"""What all pages of one show share: the templates, the style, the scripts and what a page may load."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import quote

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

import sendung
from sendung.model import Show, listen_key
from sendung.notes import page_html, printable
from sendung.pages.words import Words, clock, words_of

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Site:
    """One show's pages: what they say in which language, and how they look."""

    show: Show
    words: Words
    environment: Environment
    digest: str
    """Hexadecimal: of everything but the episodes that these pages are rendered from."""

    def render(self, template: str, folder: str, **facts: object) -> bytes:
        """A template with its facts, as UTF-8.

        `folder` is the page's own folder in the store ("" or "e/<slug>/"), from which its links are reckoned.
        """
        up = "../" * folder.count("/")
        text = self.environment.get_template(template).render(
            show=self.show, words=self.words, rel=lambda key: up + quote(key), **facts
        )
        return printable(text).encode()


def site_of(show: Show, templates: Path | None) -> Site:
    """The site of a show; files in the folder `templates` stand in for those of the package.

    A template there may extend the one that it replaces under the name "sendung/<its name>".
    """
    words = words_of(show.language)
    own = PackageLoader("sendung.pages")
    loaders: list[BaseLoader] = [own, PrefixLoader({"sendung": own})]
    if templates is not None:
        loaders.insert(0, FileSystemLoader(templates))
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"clock": clock, "notes": lambda text: Markup(page_html(text)), "data": data_block}  # noqa: S704
    environment.globals |= {"style": static("page.css"), "policy": policy, "listen_key": listen_key}
    show_facts = show.model_dump_json(exclude={"feed", "owner"})
    return Site(show, words, environment, _digest(_package_digest(), _folder_digest(templates), show_facts))


@cache
def static(name: str) -> Markup:
    """A file of the package's static folder, as it stands inside a style or script element."""
    return Markup((files("sendung.pages") / "static" / name).read_text(encoding="utf-8").strip())  # noqa: S704


def policy(sources: Mapping[str, str]) -> str:
    """A Content-Security-Policy: `sources` by directive; what is not named is forbidden.

    An inline style or script is allowed by its digest (CSP level 3, section 2.3.1), so a page needs no other file to
    work and nothing that slips into it can run.
    """
    base = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{directive} {allowed}" for directive, allowed in (base | dict(sources)).items())


def source_hash(text: str) -> str:
    """The source expression that allows one inline style or script."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def data_block(data: object) -> Markup:
    """JSON for a script element that holds data: nothing in it can end the element (HTML, section 4.12.1.3)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


@cache
def _package_digest() -> str:
    """Of all that ships with the package and decides how a page looks."""
    return _digest(sendung.__version__, *_contents(files("sendung.pages")), (files("sendung") / "notes.py").read_text())


def _folder_digest(templates: Path | None) -> str:
    if templates is None:
        return ""
    return _digest(*(f"{path.name}\n{path.read_text()}" for path in sorted(templates.rglob("*")) if path.is_file()))


def _contents(folder: Traversable) -> list[str]:
    """Every text below a folder of the package, in a fixed order."""
    texts = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            texts += _contents(entry)
        elif entry.name.endswith((".py", ".html", ".css", ".js", ".po", ".json")):
            texts.append(f"{entry.name}\n{entry.read_text(encoding='utf-8')}")
    return texts


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
