"""What an old feed has and the result has not, value by value: the one place that an import says it in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Loss:
    """A value of the old feed that is not kept, or not as it was."""

    item: str
    """The item's title; empty for the show."""
    tag: str
    """With its attribute, if it is one: "podcast:person@img"."""
    value: str
    """As the feed has it."""
    why: str
    """Why it is not kept, or what became of it; a part of a sentence."""
    guid: str = ""
    """Of the item."""


@dataclass
class Ledger:
    """Where those who read an item, or the show, write down what they could not keep."""

    item: str = ""
    guid: str = ""
    losses: list[Loss] = field(default_factory=list)

    def lose(self, tag: str, value: str, why: str) -> None:
        """Write down a value, unless there is nothing to it."""
        if text := " ".join(value.split()):
            loss = Loss(self.item, tag, text, why, self.guid)
            if loss not in self.losses:
                self.losses.append(loss)
