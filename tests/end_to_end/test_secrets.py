"""No command prints what an address holds besides where it leads: passwords, keys, tokens."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Workshop

ADDRESSES = (
    "https://KEY:hu/sh@127.0.0.1:9",
    "https://KEY:hush@127.0.0.1/feed.xml?token=hush",
)
KEYS = (
    "website: {}",
    "imprint: {}",
    "listen_on: {{apple: '{}'}}",
    "newsletter: {{url: '{}'}}",
    "feed: {{hubs: ['{}']}}",
)
STORE_KEYS = ("endpoint_url: {}", "endpoint_url: https://127.0.0.1:9/?token=hush", "public_url: {}")
COMMANDS = (
    ("publish", "erster-ton", "--dry-run", "-vv", "--store"),
    ("serve", "--port", "0", "--store"),
    ("status", "--store"),
    ("prune", "--store"),
    ("withdraw", "erster-ton", "--yes", "--store"),
    ("doctor", "--store"),
    ("verify",),
    ("check",),
    ("import", "--to", "neu"),
    ("new", "zwei", "--article"),
)


def tells(workshop: Workshop, *arguments: str) -> str:
    """All that a command says that must not succeed. Parts of secrets are the words "hush", "hu" and "sh"."""
    result = workshop.run(*arguments)
    assert result.code in (2, 3, 4, 6), result.out + result.err
    return result.out + result.err


def holds_secret(said: str) -> bool:
    return any(part in said for part in ("hush", "hu/", "hu?", "KEY", "sh@", "token"))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_that_is_given_an_address_does_not_tell_its_secret(
    workshop: Workshop, command: tuple[str, ...], address: str
) -> None:
    assert not holds_secret(tells(workshop, *command, address))


@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_a_store_of_another_service_does_not_tell_its_secret(workshop: Workshop, command: tuple[str, ...]) -> None:
    """An address without a scheme looks like a folder's name."""
    words = tells(workshop, *command, "KEY:hush@127.0.0.1:/show")
    assert "neither a directory nor s3" in words
    assert not holds_secret(words)


@pytest.mark.parametrize("key", [*KEYS, *STORE_KEYS])
def test_a_key_of_show_yaml_that_is_refused_is_not_printed_whole(workshop: Workshop, key: str) -> None:
    name, line = key.split(":", maxsplit=1)[0], key.format(ADDRESSES[0])
    lines = [old for old in workshop.path("show.yaml").read_text("utf-8").splitlines() if f"{name}:" not in old]
    if key in STORE_KEYS:
        lines.insert(lines.index("store:") + 1, f"  {line}")
    else:
        lines.append(line)
    workshop.write("show.yaml", "\n".join(lines) + "\n")
    assert not holds_secret(tells(workshop, "check"))
