"""Every field that an episode can have, filled on both sides of the cut: none of what is behind reaches the public.

Each private text begins with a word that was invented for it. What the public gets is searched for those and for pairs
of their words, and all that is printed, cached or public for addresses, names and the key.
"""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import mutagen.id3
from PIL import Image

from sendung.listening.sums import DaySums, encode_sums, key_of_sums
from sendung.records.customers_key import FOLDER, CustomersKey
from sendung.records.reader import PRIVATE as PRIVATE_HEADERS
from tests.end_to_end.conftest import FIRST, make_tone

from .conftest import CUT, Command, Studio

PRIVATE = {
    "chapter": "Zwiebelfisch dahinter genau",
    "chapter address": "https://www.example.org/kapitelverweis",
    "chapter in English": "Onionfish right behind",
    "soundbite": "Bissgurke sagt alles darin",
    "soundbite across": "Grenzgurke geht hinüber",
    "caption": "Quittengelee nehme man heute abend",
    "caption across": "Siebenschläfer schlafen noch lange",
    "caption in English": "Quincejelly is taken tonight",
    "notes": "Geheimwissen für wirklich Zahlende, mit [Link](https://www.example.org/notizverweis)",
}
NAMES = ("Erika Musterfrau", "kunde-0815", "Jürgen Größe")
CHAPTERS = f"""\
  - at: "0:20"
    title: {PRIVATE["chapter"]}
    url: {PRIVATE["chapter address"]}
    image: geheim.png
  - at: "0:30"
    title: Nochmals {PRIVATE["chapter"]}
soundbites:
  - at: "0:01"
    duration: 15
    title: Kostprobe
  - at: "0:08"
    duration: 15
    title: {PRIVATE["soundbite across"]}
  - at: "0:22"
    duration: 16
    title: {PRIVATE["soundbite"]}
keywords: [Töne]
guests: [{{name: Ada Gast}}]
translations:
  en:
    title: The first tone
    summary: What it is about.
    notes: For all to read.
transcript:"""


def captions(early: str, across: str, late: str) -> str:
    cues = (("00:01.000", "00:03.000", early), ("00:17.000", "00:21.000", across), ("00:25.000", "00:30.000", late))
    return "WEBVTT\n\n" + "\n\n".join(f"{begin} --> {end}\n<v Sven>{text}" for begin, end, text in cues) + "\n"


def fill(studio: Studio) -> None:
    """Write every field, on a recording of 40 seconds that ends for the public after 18."""
    draft = studio.folder / FIRST
    make_tone(draft / "audio.flac", 40)
    text = (draft / "episode.yaml").read_text("utf-8")
    begin, end = text.index('  - at: "0:06"'), text.index("transcript:")
    text = text[:begin] + CHAPTERS + text[end + len("transcript:") :]
    (draft / "episode.yaml").write_text(text.replace(CUT, 'customers_from: "0:18"'), "utf-8")
    studio.write("transcript.vtt", captions("Guten Tag an alle.", PRIVATE["caption across"], PRIVATE["caption"]))
    studio.write("transcript.en.vtt", captions("Hello all.", "Across.", PRIVATE["caption in English"]))
    studio.write("chapters.en.txt", f"00:00 Beginning\n00:22 {PRIVATE['chapter in English']}\n")
    studio.write("kunden.md", f"{PRIVATE['notes']}\n\n00:25 {PRIVATE['chapter']}\n")
    Image.radial_gradient("L").resize((800, 800)).convert("RGB").save(draft / "geheim.png")
    studio.edit("store:\n", "languages: {en: {}}\nfeed: {items: 1}\naudio: {also: opus}\nstore:\n", "show.yaml")


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def private_grams() -> set[str]:
    """Words that were invented, and pairs of words, of what is behind the cut."""
    texts = [words_of(text.replace("https://www.example.org/", "")) for text in PRIVATE.values()]
    return {texts_words[0] for texts_words in texts} | {" ".join(pair) for words in texts for pair in pairwise(words)}


def grams_in(data: bytes, name: str) -> set[str]:
    """The words of an object and its pairs of words: of a picture or a recording, of all that it says about itself."""
    text = data.decode("utf-8", "ignore") + data.decode("utf-16-le", "ignore") + data[1:].decode("utf-16-le", "ignore")
    if name.endswith(".mp3"):
        text += str(mutagen.id3.ID3(io.BytesIO(data)).pprint())
    words = words_of(re.sub(r"<[^>]*>", " ", text)) + words_of(text)
    return {*words, *map(" ".join, pairwise(words))}


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def private_pictures(studio: Studio) -> list[bytes]:
    """The pictures of chapters behind the cut."""
    record = studio.run().reader.archive().by_slug["erster-ton"]
    assert record.whole is not None
    return [studio.store.read(chapter.image.key).data for chapter in record.whole.chapters if chapter.image]


def test_nothing_from_behind_the_cut_and_nothing_of_a_customer_is_anywhere_else(
    studio: Studio, command: Command, tmp_path: Path
) -> None:
    fill(studio)
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    studio.edit("date: 2026-11-01 06:00", "date: 2026-11-01 05:00", "episodes/zweiter-ton/episode.yaml")
    printed = [command("customers", "key", "new"), command("customers", "add", *NAMES, "--json")]
    printed += [command("publish", "erster-ton", "zweiter-ton", "--yes", "--override", "erster-ton", "-vv")]
    assert "exit 0" in printed[-1], printed[-1]
    path = studio.folder.parent / "keys" / "customers.key"
    key = CustomersKey.parse(path.read_text("ascii"))
    out = tmp_path / "out"
    sums = DaySums(day=date(2026, 11, 2), zone="Europe/Berlin", source="s3", lines=9, episodes={})
    studio.store.create(key_of_sums(sums.day, sums.source, 1), encode_sums(sums), PRIVATE_HEADERS)
    for words in (
        ("status", "--json"), ("log",), ("log", "erster-ton", "--json"), ("check", "--json"), ("diff", "erster-ton"),
        ("verify", str(studio.folder.parent / "store" / "feed.xml")), ("prune", "--old-revisions", "--yes"),
        ("rebuild", "-vv"),
        ("pull", "erster-ton"), ("customers", "list", "--json"), ("customers", "who", f"https://x.example/{'ab' * 16}"),
        ("customers", "revoke", "Wer Anders", "-y"), ("customers", "links", "Wer Anders"), ("customers", "rotate"),
        ("customers", "revoke", NAMES[2], "-y"), ("publish", "--json", "erster-ton"),
    ):  # fmt: skip
        printed.append(command(*words))
    told = [
        command("links", "erster-ton", "--json"),
        command("newsletter", "erster-ton", "--out", str(out / "mail")),
        command("newsletter", "erster-ton", "--language", "en", "--out", str(out / "mail-en")),
        command("clip", "erster-ton", "--at", "0:14", "--for", "4", "--out", str(out / "clips")),
        command("clip", "erster-ton", "--at", "0:16", "--for", "20", "--out", str(out / "late")),
        command("stats", "--html", str(out / "stats")),
    ]
    assert [text.rpartition("exit ")[2] for text in told] == ["0", "0", "0", "0", "2", "0"], told
    assert studio.store.read(key_of_sums(sums.day, sums.source, 1)).data == encode_sums(sums), "no command touches sums"
    private = private_grams()
    public = studio.public() | files_in(out)
    assert {"feed/1.xml", "e/erster-ton/en/index.html", "mail/newsletter.eml"} <= public.keys()
    for name, data in public.items():
        assert not grams_in(data, name) & private, name
    for text in told:
        assert not grams_in(text.encode(), "") & private
    pictures = private_pictures(studio)
    assert pictures
    assert not {*pictures} & {*public.values()}
    whole = {
        gram for name, data in studio.objects().items() if name.startswith(FOLDER) for gram in grams_in(data, name)
    }
    invented = {words_of(text.replace("https://www.example.org/", ""))[0] for text in PRIVATE.values()}
    assert invented <= whole, "customers have all of it, so the search would find it"

    own = key.of_show(studio_guid(studio))
    numbers = [own.number_of(name) for name in NAMES]
    secrets = {own.token(number, serial) for number in numbers for serial in (1, 2)}
    secrets |= {own.files(entry) for entry in range(9)} | {
        own.placeholder,
        key.written,
        key.secret.hex(),
        own.secret.hex(),
    }
    secrets |= {*NAMES, "Musterfrau", "0815", "Größe"}
    state = {key: data for key, data in studio.objects().items() if not key.startswith(FOLDER)}
    for place in (
        public,
        state,
        files_in(studio.cache),
        {str(number): text.encode() for number, text in enumerate(printed)},
    ):
        for name, data in place.items():
            assert not [secret for secret in secrets if secret.encode() in data], name


def studio_guid(studio: Studio) -> str:
    show = studio.run().reader.archive().show
    assert show is not None
    return show.show.guid
