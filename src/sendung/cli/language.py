"""The language that this process speaks to its host: chosen by the environment before the first word."""

from __future__ import annotations

import gettext
import os
from io import BytesIO
from pathlib import Path

from sendung.core import words
from sendung.core.errors import SendungError

_DOMAIN = "sendung"


def speak() -> None:
    """Speak as SENDUNG_LANG, LANGUAGE, LC_ALL, LC_MESSAGES or LANG says.

    The catalogue is compiled the first time that it is used and kept in the cache, so that a clone, an editable install
    and a wheel are alike, and none has a build step. Where nothing can be kept, it is compiled each time. Typer asks
    gettext's global functions for its own words, so they are bound to the same file.
    """
    tongue = words.wanted(os.environ)
    if tongue == words.WRITTEN:
        words.use(None)
        return
    from sendung.core.numbers import fill

    try:
        home = _home(tongue)
    except (OSError, SendungError):
        from sendung.core.catalogue import compiled

        words.use(gettext.GNUTranslations(BytesIO(compiled(tongue))), tongue, fill)
        return
    os.environ["LANGUAGE"] = tongue
    gettext.bindtextdomain(_DOMAIN, str(home))
    gettext.textdomain(_DOMAIN)
    words.use(gettext.translation(_DOMAIN, str(home), [tongue]), tongue, fill)


def _home(tongue: str) -> Path:
    """The folder of the compiled catalogues, with that of a language in it. Raises OSError, UsageError."""
    from sendung.cli.options import cache_folder

    stat = Path(words.__file__).with_name("locale").joinpath(tongue, "LC_MESSAGES", f"{_DOMAIN}.po").stat()
    home = cache_folder() / "words" / f"{stat.st_size}-{stat.st_mtime_ns}"
    file = home / tongue / "LC_MESSAGES" / f"{_DOMAIN}.mo"
    if not file.exists():
        from sendung.core.atomic_write import write_whole
        from sendung.core.catalogue import compiled

        write_whole(file, compiled(tongue))
    return home
