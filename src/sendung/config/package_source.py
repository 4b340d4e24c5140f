"""Where another machine installs Sendung from, as a host gives it: a pinned Git address, or a wheel.

The bare name "sendung" would be looked for on an index, where it may be anybody's; so nothing ever writes that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sendung.config.beside import comment
from sendung.core.errors import UsageError
from sendung.core.words import say

WHEELS = "wheels"
"""The folder beside show.yaml that a wheel from this machine is copied into."""
_HINT = (
    "Write git+https://HOST/PATH@COMMIT (or a tag in place of the commit), "
    "https://HOST/sendung-VERSION-py3-none-any.whl, or the path of such a wheel."
)
_WHEEL = re.compile(r"sendung-[\w.+!]+-py3-none-any\.whl", re.IGNORECASE)
"""This project's wheels, by the rule for their names (binary distribution format, packaging.python.org)."""


@dataclass(frozen=True)
class PackageSource:
    """Where a machine installs Sendung from."""

    requirement: str
    """A line of a requirements file (pip, "Requirements File Format"; direct references: PEP 508)."""
    wheel: Path | None = None
    """A wheel on this machine, for a copy in the show's folder that the line names."""

    def files(self) -> dict[str, bytes]:
        """What to write beside show.yaml, by name. Raises UsageError for a wheel that cannot be read."""
        files = {"requirements.txt": f"{comment(_REQUIREMENTS)}{self.requirement}\n".encode()}
        if self.wheel:
            try:
                files[f"{WHEELS}/{self.wheel.name}"] = self.wheel.read_bytes()
            except OSError as error:
                raise UsageError(
                    say("{wheel} cannot be read: {strerror}.", wheel=self.wheel, strerror=error.strerror), _HINT
                ) from None
        return files


_REQUIREMENTS = (
    "What the workflow installs: this very version, so that all your machines master alike. Name another one here, and "
    "everything follows."
)


def parse_source(text: str) -> PackageSource:
    """What a host gave, told apart. Raises UsageError for what another machine could not install, or not surely.

    A bare name, a Git address without a revision and one with a password in it are refused.
    """
    given = re.sub(r"^sendung\s*@\s*", "", text.strip(), flags=re.IGNORECASE)
    if re.match(r"git\+(https?|ssh)://\S+$", given):
        return PackageSource(f"sendung @ {_pinned(given)}")
    if re.match(r"https?://\S+$", given):
        return PackageSource(f"sendung @ {_wheel_address(given)}")
    if given.lower().endswith(".whl"):
        path = Path(given).expanduser()
        if not path.is_file():
            raise UsageError(say("{given} is not there.", given=given), _HINT)
        if not _WHEEL.fullmatch(path.name):
            raise UsageError(say("{address} is no wheel of Sendung.", address=given), _HINT)
        return PackageSource(f"./{WHEELS}/{path.name}", path.resolve())
    raise UsageError(say("{given} does not say where Sendung is to be installed from.", given=given), _HINT)


def is_open(requirements: str) -> bool:
    """Whether a requirements file names Sendung without saying where from, as earlier versions of `init` wrote it."""
    return bool(re.search(r"^\s*sendung\s*($|[#=<>~!\[;])", requirements, re.MULTILINE | re.IGNORECASE))


def _pinned(address: str) -> str:
    parts = urlsplit(address)
    if parts.password or (parts.username and parts.scheme != "git+ssh"):
        raise UsageError("An address with a password or a token in it would be in your repository.", _HINT)
    path, _, revision = parts.path.rpartition("@")
    if not (parts.hostname and path.strip("/") and revision):
        raise UsageError(
            say("{address} names no commit or tag, so it may be another program tomorrow.", address=address), _HINT
        )
    return address


def _wheel_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.username or parts.query:
        raise UsageError("An address with a password or a token in it would be in your repository.", _HINT)
    if not _WHEEL.fullmatch(parts.path.rpartition("/")[2]):
        raise UsageError(say("{address} is no wheel of Sendung.", address=address), _HINT)
    return address
