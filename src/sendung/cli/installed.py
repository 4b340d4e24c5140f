"""How this very program came onto this machine."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sendung.config.package_source import parse_source
from sendung.core.errors import UsageError


def installed_from() -> str:
    """Where another machine could install this program from, as pip, pipx and uv note it; empty if they do not."""
    noted = _noted()
    try:
        parse_source(noted)
    except UsageError:
        return ""
    return noted


def _noted() -> str:
    """The pinned Git address, or the wheel (PEP 610, direct_url.json); empty for a folder of sources."""
    try:
        noted = json.loads(distribution("sendung").read_text("direct_url.json") or "{}")
        address = str(noted.get("url", ""))
        if commit := noted.get("vcs_info", {}).get("commit_id"):
            return f"git+{address}@{commit}"
    except (PackageNotFoundError, ValueError, AttributeError):
        return ""
    if not address.endswith(".whl"):
        return ""
    path = Path(unquote(urlsplit(address).path))
    if not address.startswith("file:"):
        return address
    return str(path)
