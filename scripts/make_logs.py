"""Make logs of listeners of whom the truth is known: for the tests of `sendung stats`, and `make bench-stats`.

The truth is kept by whoever plants the listeners, not by reading the logs: for each day, episode and listener (network
and user agent) whether a minute of sound was fetched. What the guidelines call one listener is one here, too, such as
two people with the same app behind one address.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import IO
from zoneinfo import ZoneInfo

HEAD, MINUTE, SIZE = 100_000, 960_000, 48_100_000
"""Bytes of every file's tags, of a minute at 128 kbit/s, and of all 50 minutes."""
DURATION_S, BITRATE = 3000.0, 128_000
ZONE = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 10, 19)
"""The first of the days; the sixth after it has 25 hours in Berlin."""
BOTS = ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "GPTBot/1.2")
HOSTING = "198.51.100.0/24"
ARTICLE_SITE, SITE = "https://www.example.org", "https://cdn.example.org/show"


def agent_names(number: int) -> tuple[str, str]:
    """A user agent and the app that it names; many versions of each."""
    version = number % 40
    return (
        (f"AppleCoreMedia/1.0.0.21A{version} (iPhone; U; CPU OS 17_0 like Mac OS X; de_de)", "Apple Podcasts"),
        (f"AntennaPod/3.{version}.0", "AntennaPod"),
        (f"Overcast/3.{version} (+http://overcast.fm/; iOS podcast app)", "Overcast"),
        (f"Castro 2026.{version}", "Castro"),
        (f"Spotify/8.9.{version} Android/34 (SM-G991B)", "Spotify"),
        (f"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/{version + 80}.0", "Firefox"),
    )[number // 40 % 6]


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a log."""

    at: float
    """Seconds since 1970."""
    address: str
    agent: str
    path: str
    status: int = 200
    sent: int = SIZE
    span: tuple[int, int] | None = None
    """The range that was asked for, both ends in it."""
    method: str = "GET"
    referrer: str = "-"
    number: int = 0


@dataclass
class Truth:
    """What was planted."""

    downloads: Counter[tuple[date, int]] = field(default_factory=Counter)
    apps: Counter[str] = field(default_factory=Counter)
    articles: Counter[tuple[int, str]] = field(default_factory=Counter)
    """By episode and the article's language."""
    lines: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    """Listeners by kind."""


class Crowd:
    """Plants listeners one after another; `requests` yields their lines, `truth` fills meanwhile."""

    def __init__(self, seed: int, episodes: int, days: int) -> None:
        self.random = random.Random(seed)
        self.episodes, self.days = episodes, days
        self.truth = Truth()
        self._kinds: list[tuple[str, Callable[[int, date, int], Iterator[Request]], int]] = [
            ("whole", self.whole, 40),
            ("parts", self.parts, 22),
            ("seeking", self.seeking, 6),
            ("aborted", self.aborted, 8),
            ("again", self.again, 6),
            ("double fetcher", self.watch, 3),
            ("bot", self.bot, 4),
            ("hosting", self.hosting, 2),
            ("carrier NAT", self.nat, 2),
            ("IPv6 rotation", self.rotation, 3),
            ("midnight", self.midnight, 2),
            ("probe or HEAD", self.nothing, 4),
            ("article", self.article, 4),
        ]

    def requests(self, lines: int) -> Iterator[Request]:
        """About so many lines: whole listeners."""
        names = [kind for kind in self._kinds for _ in range(kind[2])]
        number = 0
        while self.truth.lines < lines:
            name, plant, _ = self.random.choice(names)
            number += 1
            self.truth.planted[name] += 1
            # Each listener has a network of its own, so that the truth is that of the guidelines' listeners.
            day = FIRST + timedelta(days=self.random.randrange(self.days))
            for request in plant(number, day, self.random.randrange(self.episodes)):
                self.truth.lines += 1
                yield request

    def counts(self, day: date, episode: int, app: str, downloads: int = 1) -> None:
        self.truth.downloads[day, episode] += downloads
        self.truth.apps[app] += downloads

    def moment(self, day: date, latest: int = 82_000) -> float:
        start = datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp()
        return start + self.random.randrange(60, latest) + self.random.random()

    @staticmethod
    def address(number: int) -> str:
        """An address that only this listener has: every fifth is IPv6, none is in the hosting network."""
        if number % 5 == 0:
            return f"2001:db8:{number >> 16:x}:{number & 65535:x}::{number % 9999 + 1:x}"
        return f"{11 + (number >> 24) % 90}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    @staticmethod
    def path(episode: int) -> str:
        return f"audio/episode-{episode}-0123456789abcdef.mp3"

    def whole(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, app = agent_names(self.random.randrange(240))
        self.counts(day, episode, app)
        yield Request(self.moment(day), self.address(number), agent, self.path(episode))

    def parts(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """Asks whether ranges work, then fetches pieces of less than a minute each."""
        agent, app = agent_names(self.random.randrange(240))
        self.counts(day, episode, app)
        at, address, path = self.moment(day), self.address(number), self.path(episode)
        yield Request(at, address, agent, path, 206, 2, (0, 1))
        size = self.random.choice((262_144, 524_288))
        for piece in range(self.random.randrange((HEAD + MINUTE) // size + 2, (HEAD + MINUTE) // size + 5)):
            yield Request(at + piece + 1, address, agent, path, 206, size, (piece * size, (piece + 1) * size - 1))

    def seeking(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, app = agent_names(self.random.randrange(240))
        self.counts(day, episode, app)
        at, address, path = self.moment(day), self.address(number), self.path(episode)
        for piece, start in enumerate((0, 20_000_000, 30_000_000, 41_000_000)):
            yield Request(at + 5 * piece, address, agent, path, 206, 500_000, (start, SIZE - 1))

    def aborted(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, _ = agent_names(self.random.randrange(240))
        sent = self.random.randrange(1_000, HEAD + MINUTE - 1)
        yield Request(self.moment(day), self.address(number), agent, self.path(episode), 200, sent)

    def again(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """Twice on one day, and once more on the next, if that is still a day of the log."""
        agent, app = agent_names(self.random.randrange(240))
        address, path = self.address(number), self.path(episode)
        self.counts(day, episode, app)
        yield Request(self.moment(day), address, agent, path)
        yield Request(self.moment(day), address, agent, path)
        tomorrow = day + timedelta(days=1)
        if tomorrow < FIRST + timedelta(days=self.days):
            self.counts(tomorrow, episode, app)
            yield Request(self.moment(tomorrow), address, agent, path)

    def watch(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, app = agent_names(0)
        self.counts(day, episode, app)
        at, address, path = self.moment(day), self.address(number), self.path(episode)
        yield Request(at, address, agent, path)
        yield Request(at + 30, address, "atc/1.0 watchOS/10.0 model/Watch6,6 hwp/t8301 build/21R355 (6; dt:234)", path)

    def bot(self, number: int, day: date, episode: int) -> Iterator[Request]:
        yield Request(self.moment(day), self.address(number), self.random.choice(BOTS), self.path(episode))

    def hosting(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, _ = agent_names(self.random.randrange(240))
        yield Request(self.moment(day), f"198.51.100.{number % 255}", agent, self.path(episode))

    def nat(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """Six apps behind one address: six listeners (5.5.4)."""
        for kind in range(6):
            agent, app = agent_names(kind * 40)
            self.counts(day, episode, app)
            yield Request(self.moment(day), self.address(number), agent, self.path(episode))

    def rotation(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """One device, a new IPv6 address for each piece."""
        agent, app = agent_names(self.random.randrange(240))
        self.counts(day, episode, app)
        at = self.moment(day)
        for piece in range(4):
            address = f"2001:db9:{number >> 16:x}:{number & 65535:x}:{piece + 1:x}:2:3:4"
            span = (piece * 500_000, piece * 500_000 + 499_999)
            yield Request(at + piece, address, agent, self.path(episode), 206, 500_000, span)

    def midnight(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """Just before midnight in the show's zone, and just after it: two days, so two downloads (5.5.1, calendar)."""
        agent, app = agent_names(self.random.randrange(240))
        address, path = self.address(number), self.path(episode)
        next_day = day + timedelta(days=1)
        midnight = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZONE).timestamp()
        self.counts(day, episode, app)
        yield Request(midnight - 2, address, agent, path)
        if next_day < FIRST + timedelta(days=self.days):
            self.counts(next_day, episode, app)
            yield Request(midnight + 2, address, agent, path)

    def nothing(self, number: int, day: date, episode: int) -> Iterator[Request]:
        agent, _ = agent_names(self.random.randrange(240))
        at, address, path = self.moment(day), self.address(number), self.path(episode)
        yield Request(at, address, agent, path, 200, 0, method="HEAD")
        yield Request(at + 1, address, agent, path, 206, 2, (0, 1))
        yield Request(at + 2, address, agent, path, 304, 0)
        yield Request(at + 3, address, agent, "feed.xml", 200, 9_000)
        yield Request(at + 4, address, agent, "audio/gone-0123456789abcdef.mp3", 404, 300)

    def article(self, number: int, day: date, episode: int) -> Iterator[Request]:
        """Comes from the article, opens the listen page, and listens there."""
        agent, app = agent_names(200 + self.random.randrange(40))
        at, address = self.moment(day), self.address(number)
        language = self.random.choice(("de", "de", "en"))
        page = f"e/episode-{episode}/index.html?from={language}" if number % 2 else f"e/episode-{episode}/index.html"
        source = f"{ARTICLE_SITE}/{language}/article-{episode}"
        self.counts(day, episode, app)
        self.truth.articles[episode, language] += 1
        yield Request(at, address, agent, page, 200, 30_000, referrer=source)
        referrer = f"{SITE}/e/episode-{episode}/index.html"
        yield Request(at + 9, address, agent, self.path(episode), 200, SIZE, referrer=referrer)


def s3_line(request: Request) -> str:
    """Amazon S3 server access log."""
    time = datetime.fromtimestamp(request.at, UTC)
    key = f"show/{request.path.partition('?')[0]}"
    return (
        f"79a59df900b949e5 show-bucket [{time:%d/%b/%Y:%H:%M:%S} +0000] {request.address} - {request.number:016X} "
        f'REST.{request.method}.OBJECT {key} "{request.method} /show/{request.path} HTTP/1.1" {request.status} - '
        f'{request.sent or "-"} {SIZE} 70 10 "{request.referrer}" "{request.agent}" - hostid= - '
        "TLS_AES_128_GCM_SHA256 - show.example TLSv1.3 - -"
    )


def combined_line(request: Request) -> str:
    """Nginx's and Apache's "combined", in a server that stands in Berlin."""
    time = datetime.fromtimestamp(request.at, ZONE)
    agent = request.agent.replace("\\", "\\x5C").replace('"', "\\x22")
    return (
        f'{request.address} - - [{time:%d/%b/%Y:%H:%M:%S %z}] "{request.method} /show/{request.path} HTTP/2.0" '
        f'{request.status} {request.sent} "{request.referrer}" "{agent}"'
    )


def cloudfront_line(request: Request) -> str:
    """CloudFront's version 1, in the order of CLOUDFRONT_HEAD."""
    time = datetime.fromtimestamp(request.at, UTC)
    path, _, query = request.path.partition("?")
    first, last = request.span or ("-", "-")
    return "\t".join(
        (
            f"{time:%Y-%m-%d}\t{time:%H:%M:%S}\tFRA50\t{request.sent}\t{request.address}\t{request.method}",
            f"d1.cloudfront.net\t/show/{path}\t{request.status}\t{request.referrer}",
            request.agent.replace("%", "%25").replace(" ", "%20").replace("\t", "%09"),
            f"{query or '-'}\tHit\tid{request.number}\t{first}\t{last}",
        )
    )


CLOUDFRONT_HEAD = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
    "cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id sc-range-start sc-range-end\n"
)


def cloudfront_json(request: Request) -> str:
    """CloudFront's version 2."""
    names = CLOUDFRONT_HEAD.partition("#Fields: ")[2].split()
    return json.dumps(dict(zip(names, cloudfront_line(request).split("\t"), strict=True)))


def cloudflare_line(request: Request) -> str:
    """Cloudflare Logpush, HTTP requests."""
    values = {
        "EdgeStartTimestamp": datetime.fromtimestamp(request.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ClientIP": request.address,
        "ClientRequestMethod": request.method,
        "ClientRequestURI": f"/show/{request.path}",
        "EdgeResponseStatus": request.status,
        "EdgeResponseBytes": request.sent,
        "ClientRequestReferer": request.referrer.removeprefix("-"),
        "ClientRequestUserAgent": request.agent,
        "RayID": f"{request.number:016x}",
    }
    return json.dumps(values)


def caddy_line(request: Request) -> str:
    """Caddy's access log, which has the headers of the request."""
    headers = {"User-Agent": [request.agent], "Referer": [request.referrer]}
    if request.span:
        headers["Range"] = [f"bytes={request.span[0]}-{request.span[1]}"]
    asked = {"client_ip": request.address, "method": request.method, "uri": f"/show/{request.path}", "headers": headers}
    return json.dumps({"ts": request.at, "request": asked, "status": request.status, "size": request.sent})


def bunny_line(request: Request) -> str:
    """bunny.net's log; it has no method."""
    status = 405 if request.method != "GET" else request.status
    return (
        f"HIT|{status}|{int(request.at * 1000)}|{request.sent}|42|{request.address}|{request.referrer}|"
        f"https://show.b-cdn.net/show/{request.path}|DE|{request.agent}|{request.number:032x}|DE"
    )


FORMATS: dict[str, Callable[[Request], str]] = {
    "s3": s3_line,
    "combined": combined_line,
    "cloudfront-v1": cloudfront_line,
    "cloudfront-json": cloudfront_json,
    "cloudflare": cloudflare_line,
    "caddy": caddy_line,
    "bunny": bunny_line,
}


def write_log(crowd: Crowd, lines: int, form: str, file: IO[str]) -> None:
    """Write a log of about so many lines in one format."""
    line_of = FORMATS[form]
    if form == "cloudfront-v1":
        file.write(CLOUDFRONT_HEAD)
    for number, request in enumerate(crowd.requests(lines)):
        object.__setattr__(request, "number", number)
        file.write(line_of(request) + "\n")
