"""The words' translations, compiled for gettext: a .po file is what people read and write, a .mo what gettext reads."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compiled(tongue: str) -> bytes:
    """The .mo file of a language of `words.TRANSLATED`."""
    result = BytesIO()
    source = files("sendung.core") / "locale" / tongue / "LC_MESSAGES" / "sendung.po"
    with source.open("rb") as po:
        write_mo(result, read_po(po, locale=tongue))
    return result.getvalue()
