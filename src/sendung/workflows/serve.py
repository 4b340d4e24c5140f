"""Flow: a directory store on localhost, as a web server would serve it to listeners and apps."""

from __future__ import annotations

import mimetypes
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from sendung.core import media_types
from sendung.core.errors import StoreMissing, UsageError
from sendung.core.words import say
from sendung.store.keys import PRIVATE


class _PublicFiles(StaticFiles):
    """The public part of a directory store, with ranges, HEAD and ETags as Starlette does them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file. Raises HTTPException 404 for what is missing or private."""
        parts = Path(path).parts
        if f"{parts[0] if parts else ''}/" in PRIVATE or any(part.startswith(".") for part in parts):
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(self, full_path: str | os.PathLike[str], *args: object, **kwargs: object) -> Response:
        """A file with the Content-Type that the S3 store would give it."""
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        response.headers["content-type"] = media_type(os.fspath(full_path))
        return response


def media_type(name: str) -> str:
    """The Content-Type of a file by its name."""
    return media_types.served(media_types.of(name) or mimetypes.guess_type(name)[0] or "application/octet-stream")


def site(root: Path) -> Starlette:
    """The web application that serves a directory store. Raises StoreMissing."""
    if not root.is_dir():
        raise StoreMissing(
            say("There is nothing to serve: {name}/ does not exist.", name=root.name), "Publish an episode first."
        )
    anyone = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"], expose_headers=["Content-Range"]
    )
    return Starlette(routes=[Mount("/", _PublicFiles(directory=root, html=True))], middleware=[anyone])


@dataclass(frozen=True)
class Listening:
    """An application that can be reached from this machine, and from no other."""

    server: uvicorn.Server
    socket: socket.socket
    address: str
    """With a slash at its end."""

    def run(self) -> None:
        """Answer until `server.should_exit`, or a signal in the main thread."""
        self.server.run(sockets=[self.socket])


def listen(application: Starlette, port: int) -> Listening:
    """Take a port of localhost (0: a free one). Raises UsageError if it is taken."""
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    try:
        listener = config.bind_socket()
    except (OSError, SystemExit):
        raise UsageError(
            say("Port {port} is taken.", port=port), "Stop the other program, or choose another with --port."
        ) from None
    listener.listen()
    return Listening(uvicorn.Server(config), listener, f"http://127.0.0.1:{listener.getsockname()[1]}/")


def serve(root: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve a directory store on localhost until Ctrl-C; `ready` hears its URL. Raises UsageError if it cannot."""
    listening = listen(site(root), port)
    ready(listening.address)
    listening.run()
