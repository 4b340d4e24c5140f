"""What all pages of one show share: the templates, the style, the scripts and what a page may load."""

from __future__ import annotations

import hashlib
import re
import traceback
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from importlib.resources import files
from pathlib import Path
from types import CodeType
from urllib.parse import quote

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from sendung.core.errors import ConfigError, Place
from sendung.core.model import Show, listen_key
from sendung.core.podcasting20 import FeedOptions
from sendung.core.templates import ENDING, template_files
from sendung.core.words import say
from sendung.media.notes import page_html, printable
from sendung.website.i18n import PageWords, clock, language_attributes, words_of
from sendung.website.json_ld import data_script
from sendung.website.keys import SHOW_KEY, embed_key, kit_key, oembed_key, show_key, transcript_key
from sendung.website.subscribe import configured, from_feed
from sendung.website.theme import FACE, needle, variables

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"

_COMMENT = re.compile(r"^\s*(?://.*|/\*.*\*/)\n|(?<=[;{,]) //.*$", re.MULTILINE)
_LEADING = re.compile(r"^\s+", re.MULTILINE)

_UNSEEN = set(FeedOptions.model_fields) - {"funding", "license"}
"""What only the feed says."""

_TEMPLATE_FAULTS = (
    TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What a mistake in a template raises while it is rendered."""
_TEMPLATE_HINT = "Compare it with the template of the same name that comes with Sendung, or extend that one."


RENDERING = "dd88434427fae0f8c84448fb1814278dab752a8a255455aad579af7dd813f51c"
"""Stands for templates, styles, scripts and code in a page's inputs: another word where equal facts make other bytes.

So a new version renders anew only what looks different, and two versions in turns leave each other's pages alone.
tests/website/test_golden.py fails where the bytes have changed and the word has not.
"""


@dataclass(frozen=True)
class PageRenderer:
    """Renders one show's pages: what they say in which language, and how they look."""

    show: Show
    words: PageWords
    environment: Environment
    templates: Path | None
    """The folder of the show's own templates."""
    digest: str
    """Hexadecimal: of everything but the episodes that these pages are rendered from."""
    home: str = SHOW_KEY
    """The key of the show page in their language."""

    def render(self, template: str, folder: str, assets: PageAssets, **facts: object) -> bytes:
        """A template with its facts, as UTF-8.

        `folder` is the page's own folder in the store ("" or "e/<slug>/"), from which its links are reckoned.
        Raises ConfigError for a mistake in a template of the show's own.
        """
        up = "../" * folder.count("/")
        if self.words.direction == "rtl":
            assets = replace(assets, styles=(*assets.styles, "rtl.css"))
        style = assets.style(self.show)
        frame = {"style": style, "script": assets.script, "policy": self.policy(style, assets)}
        try:
            text = self.environment.get_template(template).render(**frame, rel=self._links(up), **facts)
        except _TEMPLATE_FAULTS as error:
            location = _place(error, self.templates)
            if location is None:
                raise
            raise ConfigError(
                say("The template cannot be rendered: {reason}.", reason=_reason(error)), _TEMPLATE_HINT, location
            ) from error
        return printable(text).encode()

    def _links(self, up: str) -> Callable[[str], str]:
        """What makes a link of a key, on a page from which `up` leads to the store's root."""
        return lambda key: up + quote(self.show.path_of(key)) or "./"

    def policy(self, style: str, assets: PageAssets) -> str:
        """The page's Content-Security-Policy: what is not named is forbidden.

        The inline style and script are allowed by their digests (CSP level 3, section 2.3.1), so a page needs no other
        file to work and nothing that slips into it can run. Audio and images come from this store only: "self" is for
        a store that is served from elsewhere than its public URL, the URL for frames whose origin is opaque.
        """
        address = self.show.public_url.replace(";", "%3B").replace(",", "%2C")
        store = f"'self' {address}/"
        allowed = {
            "default-src": "'none'",
            "style-src": _source_hash(style),
            "script-src": _source_hash(assets.script) if assets.scripts else "'none'",
            "img-src": f"{store} data:",
            "media-src": store,
            "connect-src": store,
            "base-uri": "'none'",
            "form-action": "'none'",
        } | ({"frame-src": store} if assets.frames else {})
        return "; ".join(f"{directive} {sources}" for directive, sources in allowed.items())


@dataclass(frozen=True)
class PageAssets:
    """The static files that make up a page's style and script, in order."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...] = ()
    frames: bool = False
    """Whether it shows the store's players in frames."""

    def style(self, show: Show) -> Markup:
        """The page's style with the show's theme."""
        return Markup(variables(show.theme) + "\n" + _joined(self.styles))  # noqa: S704

    @property
    def script(self) -> Markup:
        """The page's script; empty where it has none. Its parts share one scope and leave nothing in the window's."""
        return Markup(f'"use strict";(()=>{{\n{_joined(self.scripts)}\n}})();') if self.scripts else Markup("")  # noqa: S704


def renderer_of(show: Show, templates: Path | None, home: str = SHOW_KEY, own: Show | None = None) -> PageRenderer:
    """What renders the pages of a show; files in the folder `templates` stand in for those of the package.

    `home` is the key of the show page in their language, and `own` the show in its own language, where that is another.

    A template there may extend the one that it replaces under the name "sendung/<its name>".
    """
    words = words_of(show.language)
    packaged = PackageLoader("sendung.website")
    loaders: list[BaseLoader] = [packaged, PrefixLoader({"sendung": packaged})]
    if templates is not None:
        loaders.insert(0, _OwnTemplates(templates))
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.tests["web"] = is_web
    environment.filters["clock"] = clock
    environment.filters["seconds"] = lambda milliseconds: f"{milliseconds / 1000:g}"
    environment.filters["notes"] = lambda text: Markup(page_html(text))  # noqa: S704
    environment.filters["data_script"] = lambda data: Markup(data_script(data))  # noqa: S704
    environment.globals |= {
        "show": show,
        "words": words,
        "home": home,
        "lang": partial(_language_of, show, own),
        "icon": _icon(show),
        "configured": configured(show),
        "general": from_feed(show),
        "listen_key": listen_key,
        "show_key": show_key,
        "embed_key": embed_key,
        "kit_key": kit_key,
        "oembed_key": oembed_key,
        "transcript_key": transcript_key,
    }
    show_facts = show.model_dump_json(exclude={"owner": True, "feed": _UNSEEN})
    facts = [RENDERING, _folder_digest(templates), show_facts]
    facts += [home] if home != SHOW_KEY else []
    return PageRenderer(show, words, environment, templates, _digest(*facts), home)


def _language_of(show: Show, own: Show | None, part: str) -> Markup:
    """The attributes of what a page says of the show in the show's own language; empty on pages in that one.

    `part` is a field of the show that may be translated ("title", "description"), or a name for what is not.
    """
    if own is None or getattr(show, part, None) != getattr(own, part, None):
        return Markup("")
    return language_attributes(own.language)


class _Compiled(BytecodeCache):
    """Templates as they were compiled in this process: a show in several languages has a renderer for each."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As Jinja asks for it."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As Jinja hands it over."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class _OwnTemplates(FileSystemLoader):
    """Loads the show's own templates: what is published with it, so that every machine has them."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """As Jinja asks for it. Raises TemplateNotFound."""
        if not template.endswith(ENDING):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


def is_web(url: str) -> bool:
    """Whether a URL may be linked: chapters and people can come from other shows' feeds, with "javascript:" in them."""
    return url.startswith(("https://", "http://"))


@cache
def stripped(name: str) -> str:
    """A file of the package's static folder, without the comments and indents that browsers have no use for."""
    text = (files("sendung.website") / "static" / name).read_text(encoding="utf-8")
    return _LEADING.sub("", _COMMENT.sub("", text)).strip()


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(stripped(name) for name in names)


@lru_cache(maxsize=64)
def _source_hash(text: str) -> str:
    """The source expression that allows one inline style or script."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _icon(show: Show) -> str:
    """The page's icon, drawn in the accent colour; being in the page it costs no request."""
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
        f"<rect width='32' height='32' rx='7' fill='{FACE}'/>"
        f"<path d='M7 13v6M12 9v14M17 5v22M22 10v12M27 14v4' stroke='{needle(show.theme)}' stroke-width='3'/></svg>"
    )
    return "data:image/svg+xml," + quote(drawing, safe="/:='")


def _folder_digest(templates: Path | None) -> str:
    """Of the show's own templates."""
    if templates is None:
        return ""
    return _digest(*(f"{name}\n{_read(path)}" for name, path in template_files(templates).items()))


def _read(template: Path) -> str:
    try:
        return template.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError("The template is not UTF-8.", "Save it as UTF-8.", Place(template)) from error


def _place(error: Exception, templates: Path | None) -> Place | None:
    """The line that is wrong in one of the show's own templates; None where the mistake is not in them."""
    lines = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError) and error.filename:
        lines.append((error.filename, error.lineno))
    own = [(Path(name), line) for name, line in lines if templates is not None and Path(name).is_relative_to(templates)]
    return Place(*own[-1]) if own else None


def _reason(error: Exception) -> str:
    """What is wrong in a template, as a part of a sentence."""
    if isinstance(error, TemplateNotFound):
        ending = "" if str(error.name).endswith(ENDING) else say(", for its name would end in {ending}", ending=ENDING)
        return say("there is no template {name}{ending}", name=error.name, ending=ending)
    if isinstance(error, RecursionError):
        return 'it extends or includes itself; what comes with Sendung is called "sendung/" and its name'
    return " ".join(str(error).split()).rstrip(".")


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
