"""The pages' language: translated texts, dates and durations as a reader of that language writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from babel.units import format_unit
from markupsafe import Markup, escape

SPOKEN = ("en", "de", "ar")
"""The languages that the pages' own texts are in; the first one is written in the templates."""


@dataclass(frozen=True)
class PageWords:
    """One language's texts and habits."""

    locale: Locale
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    @property
    def tag(self) -> str:
        """The value of the `lang` attribute (BCP 47)."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """The value of the `dir` attribute: "ltr" or "rtl"."""
        return str(self.locale.text_direction)

    def date(self, moment: datetime, zone: str) -> str:
        """A moment's day in an IANA zone, written out: "22. November 2026"."""
        return format_date(moment.astimezone(ZoneInfo(zone)), format="long", locale=self.locale)

    def minutes(self, seconds: float) -> str:
        """A duration for people, whole minutes and at least one: "42 Min.", "1 Std. 5 Min."."""
        return _in_words(max(1, round(seconds / 60)), self.locale)

    def number(self, text: str) -> str:
        """A decimal number as this language writes it."""
        return format_decimal(Decimal(text), locale=self.locale)

    def megabytes(self, size: int) -> str:
        """A file's size for people: "38,4 MB", "12 kB"."""
        if size < 1_000_000:
            return f"{format_decimal(max(1, round(size / 1000)), locale=self.locale)} kB"
        return f"{format_decimal(Decimal(size) / 1_000_000, format='#,##0.0', locale=self.locale)} MB"

    def language(self, code: str) -> str:
        """The name of a language in that language itself ("Deutsch"), or its code where no name is known."""
        try:
            name = Locale.parse(code, sep="-").get_display_name()
        except (UnknownLocaleError, ValueError):
            return code
        return name[:1].upper() + name[1:] if name else code


@lru_cache(maxsize=512)
def _in_words(minutes: int, locale: Locale) -> str:
    """Minutes as hours and minutes; kept, for a show with thousands of episodes asks for the same ones again."""
    parts = zip(divmod(minutes, 60), ("hour", "minute"), strict=True)
    return " ".join(format_unit(n, unit, length="short", locale=locale) for n, unit in parts if n)


@cache
def words_of(language: str) -> PageWords:
    """The words for a BCP 47 language; English texts where there is no translation."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    catalogue = _catalogue(locale.language)
    return PageWords(locale, catalogue.gettext, catalogue.ngettext)


def is_known(language: str) -> bool:
    """Whether there is such a language (its first part is in CLDR's list of names)."""
    return language.partition("-")[0].lower() in Locale("en").languages


def language_attributes(language: str) -> Markup:
    """The attributes of an element in another language than the one that it is in."""
    return Markup(f' lang="{escape(language)}" dir="{words_of(language).direction}"')  # noqa: S704


def _catalogue(language: str) -> NullTranslations:
    """The texts of one language, compiled from its .po file in memory: a clone needs no build step."""
    if language == SPOKEN[0] or language not in SPOKEN:
        return NullTranslations()
    source = files("sendung.website") / "locale" / language / "LC_MESSAGES" / "sendung.po"
    compiled = BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def clock(seconds: float) -> str:
    """A position in the audio, as players show it: "4:05", "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
