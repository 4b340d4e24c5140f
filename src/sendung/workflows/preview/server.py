"""What the browser gets: the pages as they will be, and around each a frame that tells of the draft and follows saves.

The pages are untouched: their policy forbids any script but their own. A browser that opens one in a tab (it says so:
Fetch Metadata Request Headers, Sec-Fetch-Dest) gets the frame, which then asks for the page itself; apps and everybody
else get the page at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sendung.core import words
from sendung.core.atomic_write import write_whole
from sendung.core.errors import ConfigError, Place, Problem, StoreError
from sendung.core.model import Episode, Show, Theme, listen_key
from sendung.records import Status
from sendung.records.reader import Archive
from sendung.store import Store
from sendung.store.keys import is_key
from sendung.website.keys import embed_key, kit_key
from sendung.website.theme import variables
from sendung.workflows.preview.build import BuiltPreview, Shown
from sendung.workflows.preview.state import PreviewState, View
from sendung.workflows.serve import media_type

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)
_LOOK_S = 0.1
"""How often the view is looked at for those who wait for news."""
_BREATH_S = 15
"""After so long without news a line is sent, so that a browser that has gone is noticed."""


@dataclass(frozen=True)
class Published:
    """The assets of what is published, read from the store when a page asks for one."""

    store: Store
    archive: Archive
    folder: Path

    def find(self, key: str) -> Path | None:
        """The file of an asset, or None if there is none. Raises StoreError."""
        if not key.startswith(("assets/", "audio/")) or not is_key(key) or self.archive.show is None:
            return None
        path = self.folder / "published" / key
        if not path.exists():
            write_whole(path, self.store.read(key).data)
        return path


def site(board: PreviewState, published: Published, root: Path) -> Starlette:
    """The web application that shows what is on the board; places of problems are told as seen from the folder `root`.

    It answers only those who ask for this machine by name, so that no page on the web can read drafts by giving its own
    name to this machine (DNS rebinding).
    """
    desk = _Reception(board, published, root)
    return Starlette(
        routes=[
            Route("/", desk.home),
            Route("/preview/bar", desk.bar),
            Route("/preview/news", desk.news),
            Route("/preview/theme.css", desk.theme),
            Mount("/preview", StaticFiles(packages=[("sendung.workflows.preview", "static")])),
            Route("/{key:path}", desk.thing),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


class _Reception:
    """Answers requests. The methods run in threads of their own, so they may render and read."""

    def __init__(self, board: PreviewState, published: Published, root: Path) -> None:
        self._board = board
        self._published = published
        self._templates = Environment(
            loader=PackageLoader("sendung.workflows.preview"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_in_words,
        )
        self._templates.filters["place"] = lambda place: _seen_from(root, place)
        self._templates.globals |= {
            "views": {"Listen page": listen_key, "Embed": embed_key, "Links": kit_key},
            "url": lambda key: "/" + quote(key),
            "states": _STATES,
            "zone": lambda view: ZoneInfo(view.preview.show.timezone),
            "cover": _cover,
            "language": words.language(),
            "_": words.told,
        }

    def home(self, request: Request) -> Response:
        """All drafts, and what there is to say about them."""
        view = self._board.view
        return self._page("home.html", 200 if view.preview else 503, view=view)

    def bar(self, request: Request) -> Response:
        """What stands above a page."""
        return self._page("bar.html", 200, **self._facts(request.query_params.get("key", "")))

    def theme(self, request: Request) -> Response:
        """The show's colours and font, as its pages have them."""
        preview = self._board.view.preview
        return Response(variables(preview.show.theme if preview else Theme()), media_type="text/css", headers=_UNCACHED)

    def news(self, request: Request) -> Response:
        """Server-sent events (HTML, section 9.2): the view's number and what is under way, whenever they change."""
        return StreamingResponse(self._tell(), media_type="text/event-stream", headers=_UNCACHED)

    def thing(self, request: Request) -> Response:
        """An object of the store as it would be (a page, the feed, an asset), or why it cannot be shown."""
        key = request.path_params["key"]
        key += "index.html" if key.endswith("/") else ""
        if key.endswith(".html") and request.headers.get("sec-fetch-dest") == "document":
            return self._page("frame.html", 200, key=key, **self._facts(key))
        view = self._board.view
        if view.preview is None:
            return self._notice(view.problems, doing=view.doing)
        if broken := view.preview.broken.get(_slug(key)):
            return self._notice(broken)
        try:
            return self._find(view.preview, key) or self._notice((_NOWHERE,), status=404)
        except ConfigError as error:
            return self._notice(error.problems)
        except StoreError as error:
            return self._notice(error.problems, status=404)

    def _find(self, preview: BuiltPreview, key: str) -> Response | None:
        """What the preview has under a key, else what is published. Raises ConfigError for templates, StoreError."""
        if page := preview.pages.get(key):
            return Response(page.render(), media_type=page.content_type, headers=_UNCACHED)
        if file := preview.files.get(key):
            return FileResponse(file.path, media_type=file.asset.media_type)
        path = self._published.find(key)
        return FileResponse(path, media_type=media_type(key)) if path else None

    def _facts(self, key: str) -> dict[str, object]:
        view = self._board.view
        draft = _draft(view, _slug(key))
        return {"view": view, "slug": _slug(key), "here": key, "draft": draft}

    def _notice(self, problems: tuple[Problem, ...], *, doing: str = "", status: int = 503) -> Response:
        return self._page("notice.html", status, view=self._board.view, problems=problems, doing=doing)

    def _page(self, template: str, status: int, **facts: object) -> Response:
        text = self._templates.get_template(template).render(**facts)
        return HTMLResponse(text, status, {**_UNCACHED, "Content-Security-Policy": _POLICY})

    async def _tell(self) -> AsyncIterator[str]:
        told, quiet = "", 0.0
        while not self._board.closed.is_set():
            view = self._board.view
            news = json.dumps({"number": view.number, "doing": words.told(view.doing)})
            if news != told or quiet > _BREATH_S:
                yield f"data: {news}\n\n"
                told, quiet = news, 0.0
            await asyncio.sleep(_LOOK_S)
            quiet += _LOOK_S


_STATES = {
    Status.NEW: "new draft",
    Status.EDITED: "edited draft",
    Status.UNCHANGED: "as published",
    Status.STALE: "older than what is published",
}
_UNCACHED = {"Cache-Control": "no-store", "Vary": "Sec-Fetch-Dest"}
_NOWHERE = Problem("There is no such page.", "All drafts are listed on the first page.")


def _in_words(value: object) -> object:
    """What stands in a page, in the host's language; markup is the pages' own."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else words.told(value)


def _slug(key: str) -> str:
    """The slug in the key of an episode's page; empty for other keys."""
    first, _, rest = key.partition("/")
    return rest.partition("/")[0] if first == "e" else ""


def _draft(view: View, slug: str) -> Shown | None:
    drafts = view.preview.drafts if view.preview else ()
    return next((draft for draft in drafts if draft.episode.slug == slug), None)


def _cover(show: Show, episode: Episode) -> str:
    """The key of an episode's cover, in small where there is that."""
    image = show.cover_of(episode)
    return (image.small or image.asset).key


def _seen_from(root: Path, location: Place) -> str:
    inside = location.file.is_relative_to(root)
    return str(Place(location.file.relative_to(root) if inside else location.file, location.line, location.column))
