"""What both YAML files hold: files beside them, and people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sendung.core import model
from sendung.core.field_types import Line, Url, check_url, mistake
from sendung.core.words import say


class Config(BaseModel):
    """Base of all that hosts write: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


def _check_name(name: str) -> str:
    if name.startswith(("/", "~")) or "\\" in name or "\x00" in name or re.match(r"[A-Za-z]:", name):
        raise mistake(
            say("must be a file beside this one: {name}", name=name), "copy the file here and write its name only"
        )
    return name


FileName = Annotated[Line, AfterValidator(_check_name)]
"""A file, relative to the folder of the YAML file that names it."""


def _check_picture(value: str) -> str:
    return check_url(value) if "://" in value else _check_name(value)


class Portrait(NamedTuple):
    """What becomes of a portrait's file."""

    asset: model.Asset
    face: str
    """As in model.Person."""


class PersonEntry(Config):
    """Somebody who is heard."""

    name: Line
    """The name as listeners should see it."""
    role: Annotated[str, Field(pattern=r"^[a-z][a-z /-]*$")] = "host"
    """A role of the Podcast Taxonomy, lower case: host, co-host, guest, editor, ..."""
    url: Url | None = None
    """A page about this person."""
    image: Annotated[Line, AfterValidator(_check_picture)] | None = None
    """A portrait: a file beside this one, which pages and apps show, or a web address, which only apps do."""

    @property
    def picture(self) -> str | None:
        """The name of the portrait's file, if it is one."""
        return self.image if self.image and "://" not in self.image else None

    def fact(self, portraits: Mapping[str, Portrait]) -> model.Person:
        """The person as records keep it; `portraits` are by the name of their file."""
        portrait = portraits.get(self.picture) if self.picture else None
        return model.Person(
            name=self.name,
            role=self.role,
            url=self.url,
            image=None if self.picture else self.image,
            portrait=portrait.asset if portrait else None,
            face=portrait.face if portrait else "",
        )


class Guest(PersonEntry):
    """Somebody who is heard in this episode only."""

    role: Annotated[str, Field(pattern=r"^[a-z][a-z /-]*$")] = "guest"
    """A role of the Podcast Taxonomy, lower case."""
