"""Who is who: the labels that tools give speakers, and the hosts and guests whom they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from sendung.core.text import clean

_TAIL = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_SIDE = re.compile(r"\s+[|@–—-]\s+.*|\s*[|@].*")
"""What follows a name in a meeting: "Sven Kramer | example.org"."""
_TITLE = re.compile(r"(?:prof|dr|herr|frau|mr|mrs|ms|mag|ing)\.?|(?:med|phil|rer|nat|jur|pol|dipl|h|c|msc|phd)\.")
_NUMBERED = re.compile(
    r"(?P<prefix>(?:speaker|sprecher(?:in)?|spk|spkr|person|participant|teilnehmer(?:in)?)[ _#-]*)?(?:0*(\d+)|([a-z]))"
)
_PRONOUN = re.compile(
    r"he|him|his|she|hers?|they|them|theirs|er|ih[mn]|sein|sie|ihre?|es|dey|denen|xier|any|all|alle|keine|no|pronouns"
    r"|pronomen|el|ella|il|elle|iel|hij|hem|zij|haar"
)
_MEETING = frozenset(
    ("extern", "external", "gast", "guest", "unverified", "nicht überprüft", "host", "co-host", "me", "ich", "you")
)
"""What Teams and Zoom write in brackets behind a name."""
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Marks for the direction of text and such, which meetings put around names."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class Names:
    """The hosts and guests of an episode, by every form in which tools write their names.

    `labels` are those of `speakers:` in episode.yaml.
    """

    def __init__(self, persons: Iterable[str] = (), labels: Mapping[str, str | None] | None = None) -> None:
        self._labels = {form: name for label, name in (labels or {}).items() for form in _label_forms(label)}
        self._whole: dict[frozenset[str], set[str]] = {}
        self._short: dict[str, set[str]] = {}
        self._known: dict[str, str | None] = {}
        for person in persons:
            for spelling in _spellings(person):
                self._whole.setdefault(frozenset(_words(spelling)), set()).add(person)
                for form in _short_forms(spelling):
                    self._short.setdefault(form, set()).add(person)

    def __bool__(self) -> bool:
        return bool(self._whole)

    def name_of(self, label: str) -> str | None:
        """The full name of whom a label means; None where that is nobody, or might be one of several."""
        if label not in self._known:
            self._known[label] = self._name_of(label)
        return self._known[label]

    def _name_of(self, label: str) -> str | None:
        mapped = next((self._labels[form] for form in _label_forms(label) if form in self._labels), None)
        meant = self.meant_by(mapped or label)
        return meant[0] if len(meant) == 1 else mapped

    def meant_by(self, label: str) -> tuple[str, ...]:
        """Every host and guest whom a label may mean."""
        words = _words(label)
        meant = self._whole.get(frozenset(words)) or self._short.get(" ".join(words)) or set()
        return tuple(sorted(meant))

    def near(self, label: str) -> str | None:
        """The host or guest whose name a label is nearly, as when it is mistyped."""
        spellings = {name.casefold(): name for names in self._whole.values() for name in names}
        close = get_close_matches(label.casefold(), spellings, n=1, cutoff=0.8)
        return spellings[close[0]] if close else None

    def is_text(self, label: str) -> bool:
        """Whether `speakers:` says that these words before a colon are no speaker."""
        return any(form in self._labels and self._labels[form] is None for form in _label_forms(label))


NOBODY = Names()


def shown(label: str) -> str:
    """A label as listeners may see it: without pronouns and what a meeting adds."""
    name = clean(label)
    while (tail := _TAIL.search(name)) and tail.start() and _is_aside(tail[0].strip(" ()[]")):
        name = name[: tail.start()]
    return name


def is_numbered(label: str) -> bool:
    """Whether a label is that of a speaker whom the tool only counts: "SPEAKER_00", "Speaker A", "Sprecher 2"."""
    match = _NUMBERED.fullmatch(label.casefold().strip())
    return match is not None and match["prefix"] is not None


def is_title(word: str) -> bool:
    """Whether a word is a title or part of one: "Dr.", "med."."""
    return _TITLE.fullmatch(word.casefold()) is not None


def _is_aside(words: str) -> bool:
    return words.casefold() in _MEETING or all(
        _PRONOUN.fullmatch(word) for word in re.split(r"[\s/,|]+", words.casefold())
    )


def _label_forms(label: str) -> Iterator[str]:
    yield " ".join(_words(label))
    numbered = _NUMBERED.fullmatch(label.casefold().strip())
    if numbered:
        yield f"speaker {numbered[2] or numbered[3]}"


def _spellings(name: str) -> set[str]:
    """A name as it is, with ae for ä, and without accents."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return {folded, folded.translate(_UMLAUTS), bare}


def _short_forms(name: str) -> Iterator[str]:
    words = _words(name)
    if not words:
        return
    first, last = words[0], words[-1]
    initials = [word[0] for word in words]
    yield from (first, last, f"{first} {last}", "".join(initials), " ".join(initials))
    yield from (f"{first[0]} {last}", f"{first} {last[0]}", f"{first[0]} {' '.join(words[1:])}", " ".join(words[1:]))


def _words(label: str) -> list[str]:
    """The words of a name in lower case, without titles, brackets and the like; "Kramer, Sven" is turned round."""
    name = _UNSEEN.sub("", unicodedata.normalize("NFKC", label)).casefold()
    while (tail := _TAIL.search(name)) and tail.start():
        name = name[: tail.start()]
    name = _SIDE.sub("", name.strip().removeprefix("@")) or name
    split = name.replace(",", " , ").split()
    words = [word for word in split if word == "," or (any(map(str.isalnum, word)) and not is_title(word))]
    if words.count(",") == 1 and words[0] != "," and words[-1] != ",":
        comma = words.index(",")
        words = words[comma + 1 :] + words[:comma]
    return [part for word in words if word != "," for part in re.split(r"[._]+", word) if part]
