"""What hosts read, in their language: English as it stands in the code, German by gettext.

    raise ConfigError(say("{name} is not UTF-8 text.", name=path.name), "Save it again with the encoding UTF-8.")

A sentence with values is made by `say`: a str whose characters are the English sentence (so `--json`, logs and library
users have English), and which keeps the template and the values. Where a command prints, `told` makes German of it. A
sentence without values needs no mark: `told` looks up any str, and what is no message of the catalogue (a title, a
file's name) stays as it is. A test holds every sentence in src/ against the catalogue.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Self

WRITTEN = "en"
"""The language in the code."""
TRANSLATED = ("de",)
"""The languages in locale/."""
_VALUE = r"\\\{(\w+)\\\}"
"""What stands for a value in a template, as re.escape has it."""
_VARIABLES = ("SENDUNG_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""As gettext has them; the first that is set decides."""


class Message(str):
    """An English sentence that knows how it was made, so that it can be told in another language."""

    template: str
    values: Mapping[str, Any]
    plural: str
    number: int
    after: tuple[Callable[[str], str], ...]

    def __new__(
        cls,
        template: str,
        values: Mapping[str, Any] | None = None,
        plural: str = "",
        number: int = 1,
        after: tuple[Callable[[str], str], ...] = (),
    ) -> Self:
        """`after` are functions that the finished sentence goes through, in each language."""
        values = values or {}
        text = template if number == 1 or not plural else plural
        text = text.format(**values) if values else text
        for function in after:
            text = function(text)
        message = super().__new__(cls, text)
        message.template, message.values, message.plural = template, values, plural
        message.number, message.after = number, after
        return message

    def __str__(self) -> str:
        """Itself: the str of an error with one message is that message."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, self.values, self.plural, self.number, self.after)

    def __add__(self, other: str) -> str:
        return join("", (self, other))

    def __radd__(self, other: str) -> str:
        return join("", (other, self))

    @property
    def parts(self) -> dict[str, Any]:
        """What it was made of, as JSON values; without what was done to it afterwards."""
        values = {name: value.parts if isinstance(value, Message) else value for name, value in self.values.items()}
        return {"template": self.template, "values": values, "plural": self.plural, "number": self.number}

    @classmethod
    def of_parts(cls, parts: Mapping[str, Any]) -> Self:
        """The message that was made of them."""
        values = {
            name: cls.of_parts(value) if isinstance(value, dict) else value for name, value in parts["values"].items()
        }
        return cls(parts["template"], values, parts["plural"], parts["number"])

    def then(self, function: Callable[[str], str]) -> Message:
        """The same, whose text goes through a (picklable) function in each language."""
        return Message(self.template, self.values, self.plural, self.number, (*self.after, function))

    def told(self, catalogue: gettext.NullTranslations) -> str:
        """The sentence in a catalogue's language."""
        if self.plural:
            text = catalogue.ngettext(self.template, self.plural, self.number)
        else:
            text = catalogue.gettext(self.template) if self.template else ""
        if self.values:
            values = {name: _value(value, catalogue) for name, value in self.values.items()}
            text = _Host.fill(text, values)
        for function in self.after:
            text = function(text)
        return text


def _value(value: Any, catalogue: gettext.NullTranslations) -> Any:
    """A value as it stands in a sentence: a sentence within it is told, too; a host's own words are left alone."""
    if isinstance(value, Message):
        return value.told(catalogue)
    if isinstance(value, str) and " " in value:
        return catalogue.gettext(value)
    return value


def say(template: str, /, **values: Any) -> str:
    """A sentence with values, for errors and whatever else is also read by machines: English until it is `told`."""
    return Message(template, {name: _kept(value) for name, value in values.items()})


def say_many(number: int, one: str, many: str, /, **values: Any) -> str:
    """The same with a number, which stands for {n}: `one` if it is 1, else `many`."""
    return Message(one, {"n": number, **{name: _kept(value) for name, value in values.items()}}, many, number)


def join(separator: str, parts: Iterable[str]) -> str:
    """Sentences or parts of them with something between, which is told too: `join(" or ", names)`."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Message("{between}".join(f"{{{name}}}" for name in values), values | {"between": say(separator)})


def then(text: str, function: Callable[[str], str]) -> str:
    """What a function makes of a text, in each language."""
    return (text if isinstance(text, Message) else Message(text)).then(function)


def recognised(text: str, templates: Iterable[str]) -> str:
    """A sentence that a library made, as the message of the first template that it fits; else as it is."""
    for template in templates:
        pattern = re.sub(_VALUE, r"(?P<\1>.+?)", re.escape(template))
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return Message(template, {name: recognised(value, templates) for name, value in match.groupdict().items()})
    return text


def clause(text: str) -> str:
    """A sentence without its full stop, to stand within another."""
    return then(text, _without_stop)


def _without_stop(text: str) -> str:
    return text.rstrip(".")


def sentence(text: str) -> str:
    """A clause as a sentence of its own: with a capital and, if nothing ends it, a full stop."""
    return then(text, _as_sentence)


def _as_sentence(text: str) -> str:
    end = "" if text.endswith((".", "?", "!")) or not text else "."
    return text[:1].upper() + text[1:] + end


def _kept(value: Any) -> Any:
    """A value as it is now; numbers and dates are formatted later, as a language has them."""
    return value if isinstance(value, str | int | float | date) else str(value)


class _Host:
    """Who reads what this process prints."""

    language = WRITTEN
    catalogue: gettext.NullTranslations | None = None
    fill: Callable[[str, Mapping[str, Any]], str] = staticmethod(str.format_map)
    """Puts values into a template."""


def told(text: str, /, **values: Any) -> str:
    """A sentence in the host's language, for the terminal only: a template with its values, or what `say` made."""
    if values:
        text = say(text, **values)
    if _Host.catalogue is None:
        return str.__str__(text)
    return text.told(_Host.catalogue) if isinstance(text, Message) else text and _Host.catalogue.gettext(text)


def told_many(number: int, one: str, many: str, /, **values: Any) -> str:
    """The same with a number, which stands for {n}."""
    return told(say_many(number, one, many, **values))


def language() -> str:
    """The language of whoever reads what this process prints: "en" or "de"."""
    return _Host.language


def wanted(environment: Mapping[str, str]) -> str:
    """The language that a host's environment asks for; English where it asks for none, or for one that is not here."""
    names = next((value for name in _VARIABLES if (value := environment.get(name, "").strip())), "")
    known = (name.replace("-", "_").partition("_")[0].partition(".")[0].lower() for name in names.split(":"))
    return next((name for name in known if name in (WRITTEN, *TRANSLATED)), WRITTEN)


def use(
    catalogue: gettext.NullTranslations | None,
    tongue: str = WRITTEN,
    fill: Callable[[str, Mapping[str, Any]], str] = str.format_map,
) -> None:
    """Tell everything by a catalogue from now on, with numbers as `fill` writes them; by none, in English."""
    _Host.language, _Host.catalogue, _Host.fill = tongue, catalogue, staticmethod(fill)
