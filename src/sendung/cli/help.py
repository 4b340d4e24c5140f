"""The examples of a command: the paragraph of its docstring that begins with "Example:" or "Examples:".

Several are parted by " · ". `--help` shows them below everything else, a line each; docs/reference/ has them, and a
test runs every one of them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_HEAD = re.compile(r"Examples?:\s+")


@dataclass(frozen=True)
class Help:
    """What a command's docstring says."""

    text: str
    """Paragraphs, each on one line."""
    examples: tuple[str, ...]
    """Whole command lines."""

    @property
    def epilog(self) -> str:
        """The examples as `--help` shows them, in rich's markup."""
        return "\n".join(["[bold]Examples:[/bold]", *(line.replace("[", r"\[") for line in self.examples)])


def help_of(command: Callable[..., object]) -> Help:
    """The docstring of a command, taken apart."""
    paragraphs = [" ".join(lines.split()) for lines in inspect.cleandoc(command.__doc__ or "").split("\n\n")]
    text = [paragraph for paragraph in paragraphs if not _HEAD.match(paragraph)]
    return Help("\n\n".join(text), tuple(_examples(paragraphs)))


def _examples(paragraphs: list[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        if head := _HEAD.match(paragraph):
            yield from paragraph[head.end() :].split(" · ")
