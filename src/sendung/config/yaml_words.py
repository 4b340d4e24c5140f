"""What the YAML reader says of a mistake: sentences that the catalogues have, too."""

from __future__ import annotations

from sendung.core.words import recognised, say

_SENTENCES = (
    say("expected the node content, but found {token}"),
    say("expected <block end>, but found {token}"),
    say("expected ',' or ']', but got {token}"),
    say("could not find expected ':'"),
    say("found character {character} that cannot start any token"),
    say("found unexpected end of stream"),
    say("found unexpected ':'"),
    say("found unexpected document separator"),
    say("found unknown escape character {character}"),
    say("found undefined alias {name}"),
    say("expected a single document in the stream"),
    say("mapping keys are not allowed here"),
    say("mapping values are not allowed here"),
    say("sequence entries are not allowed here"),
    say("special characters are not allowed"),
    say("expected a comment or a line break, but found {character}"),
    say("expected chomping or indentation indicators, but found {character}"),
    say("expected alphabetic or numeric character, but found {character}"),
)


def in_words(problem: str) -> str:
    """A sentence of the reader's; one that is not known stays as it is."""
    return recognised(problem, _SENTENCES)
