"""`sendung stats` on a log of known truth, beside goaccess (Debian) and models of other counters' rules.

The log is Amazon S3's, made by scripts/make_logs.py once and kept in build/. Each way runs in a process of its own, one
after another: wall time and the highest memory that the system saw in it. `--output FILE` writes the tables there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make_logs as logs

EPISODES, DAYS = 12, 28
BEGIN, END = "<!-- stats: begin -->", "<!-- stats: end -->"
AUDIO = "key IN (SELECT name FROM objects WHERE NOT page) AND method = 'GET' AND status IN (200, 206)"
LISTENER = "address, agent"
MODELS = {
    "hits: each GET that was answered with 200 or 206": f"SELECT count(*) FROM told WHERE {AUDIO}",
    "as Podlove: intents, one a listener and hour, without two-byte ranges and bots": (
        f"SELECT count(DISTINCT (key, {LISTENER}, date_trunc('hour', moment))) FROM told WHERE {AUDIO} "
        "AND NOT (status = 206 AND sent <= 2) AND NOT bot"
    ),
    "as Castopod: any range is the whole, one a listener and day, without bots": (
        f"SELECT count(DISTINCT (key, {LISTENER}, day)) FROM told WHERE {AUDIO} AND NOT bot"
    ),
    "as OP3: no bytes, one a listener and day in UTC, without two-byte ranges and bots": (
        f"SELECT count(DISTINCT (key, {LISTENER}, CAST(moment AS DATE))) FROM told WHERE {AUDIO} "
        "AND NOT (status = 206 AND sent <= 2) AND NOT bot"
    ),
}
"""What others count, as issue 21 describes them: models of their rules, not their programs."""


@dataclass(frozen=True)
class Ran:
    """A process that ended."""

    seconds: float
    cpu: float
    megabytes: float
    out: str


def timed(*command: str, **environment: str) -> Ran:
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        out.seek(0)
        text = out.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} ended with {process.returncode}")
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def make(folder: Path, lines: int) -> tuple[Path, dict[str, Any]]:
    """The log of so many lines and its truth, made if they are not there."""
    path, truth_path = folder / f"s3-{lines}.log", folder / f"s3-{lines}.json"
    folder.mkdir(parents=True, exist_ok=True)
    if not truth_path.exists():
        crowd = logs.Crowd(21, EPISODES, DAYS)
        with path.open("w") as file:
            logs.write_log(crowd, lines, "s3", file)
        truth = crowd.truth
        values = {
            "lines": truth.lines,
            "downloads": {f"{day} {episode}": number for (day, episode), number in truth.downloads.items()},
            "apps": truth.apps,
            "articles": {f"{episode} {language}": number for (episode, language), number in truth.articles.items()},
        }
        truth_path.write_text(json.dumps(values))
    return path, json.loads(truth_path.read_text())


def count(log: Path) -> dict[str, Any]:
    """In a process of its own: what `sendung stats` counts."""
    from sendung.workflows.stats.flow import count_logs
    from sendung.workflows.stats.request import StatsRequest
    from sendung.workflows.stats.scope import scope_of
    from tests.listening.shows import publish, run_at

    with tempfile.TemporaryDirectory(dir=log.parent) as name:
        folder = Path(name)
        (folder / "public").mkdir()
        run = run_at(folder)
        publish(run.store, EPISODES)
        hosting = folder / "hosting.txt"
        hosting.write_text(logs.HOSTING)
        request = StatsRequest(places=(str(log),), hosting=(hosting,))
        counted = count_logs(run, request, scope_of(run, request))
    found: dict[str, Any] = {"lines": counted.reasons.total(), "downloads": {}, "apps": {}, "articles": {}}
    for sums in counted.sums.values():
        for guid, episode in sums.episodes.items():
            number = guid.rpartition("-")[2]
            found["downloads"][f"{sums.day} {number}"] = episode.downloads
            for app, downloads in episode.apps.items():
                found["apps"][app] = found["apps"].get(app, 0) + downloads
            for languages in episode.articles.values():
                for language, downloads in languages.items():
                    key = f"{number} {language}"
                    found["articles"][key] = found["articles"].get(key, 0) + downloads
    return found


def model(log: Path) -> dict[str, int]:
    """In a process of its own: what the models count."""
    from sendung.listening.agents import load_agents
    from sendung.listening.engine import first_row, open_engine, quoted
    from sendung.listening.files import source_of
    from sendung.listening.formats import LINE_FORMATS
    from sendung.listening.stage import load_objects
    from sendung.workflows.stats.request import StatsRequest
    from sendung.workflows.stats.scope import scope_of
    from tests.listening.shows import publish, run_at

    with tempfile.TemporaryDirectory(dir=log.parent) as name, open_engine(Path(name)) as engine:
        (Path(name) / "public").mkdir()
        run = run_at(Path(name))
        publish(run.store, EPISODES)
        load_objects(engine, scope_of(run, StatsRequest()).plan)
        judge = load_agents([]).judge
        engine.execute(
            f"CREATE TABLE raw AS WITH lines AS (SELECT line FROM {source_of([log], 'none')} WHERE line IS NOT NULL) "
            "SELECT moment, CAST(moment AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin' AS DATE) AS day, address, "
            "method, substr(path, 7) AS key, status::INTEGER AS status, sent::BIGINT AS sent, agent "
            f"FROM ({LINE_FORMATS['s3'].select})"
        )
        agents = [row[0] for row in engine.execute("SELECT DISTINCT agent FROM raw").fetchall()]
        bots = ", ".join(quoted(agent) for agent in agents if judge(agent)[1])
        engine.execute(f"CREATE VIEW told AS SELECT *, agent IN ({bots}) AS bot FROM raw")
        return {words: int(first_row(engine, query)[0]) for words, query in MODELS.items()}


def within(truth: dict[str, int], found: dict[str, int]) -> tuple[float, float]:
    """Recall and precision of counts: how much of the truth was found, how much of what was found is true."""
    both = sum(min(number, found.get(key, 0)) for key, number in truth.items())
    return both / max(1, sum(truth.values())), both / max(1, sum(found.values()))


def report(lines: int, folder: Path) -> str:
    log, truth = make(folder, lines)
    size = log.stat().st_size
    load = os.getloadavg()[0]
    ours = timed(sys.executable, "-m", "benchmarks.stats", "--count", str(log))
    goaccess = timed(
        "goaccess", str(log), "--log-format=AWSS3", "--no-global-config", "-o", str(folder / "goaccess.json")
    )
    found, models = (
        json.loads(ours.out),
        json.loads(timed(sys.executable, "-m", "benchmarks.stats", "--model", str(log)).out),
    )
    planted = sum(truth["downloads"].values())
    hits = json.loads((folder / "goaccess.json").read_text())["general"]["valid_requests"]
    rows = [
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load {load:.1f} before the run; {truth['lines']:,} lines, {size / 1e9:.2f} GB of S3 access log, {DAYS} days, "
        f"{EPISODES} episodes.",
        "",
        "| way | time | CPU | peak memory |",
        "|---|--:|--:|--:|",
        f"| sendung stats | {ours.seconds:.1f} s | {ours.cpu:.1f} s | {ours.megabytes:.0f} MB |",
        f"| goaccess (hits) | {goaccess.seconds:.1f} s | {goaccess.cpu:.1f} s | {goaccess.megabytes:.0f} MB |",
        "",
        f"At that rate 100 million lines take {ours.seconds * 1e8 / truth['lines']:.0f} s.",
        "",
        "| what sendung stats finds of what was planted | planted | found | recall | precision |",
        "|---|--:|--:|--:|--:|",
    ]
    for name in ("downloads", "apps", "articles"):
        recall, precision = within(truth[name], found[name])
        numbers = f"{sum(truth[name].values()):,} | {sum(found[name].values()):,}"
        rows.append(f"| {name} | {numbers} | {recall:.2%} | {precision:.2%} |")
    rows += ["", "| rule | downloads | error |", "|---|--:|--:|", f"| planted | {planted:,} | |"]
    counted = {"sendung stats": sum(found["downloads"].values()), **models, "goaccess: valid requests": hits}
    rows += [f"| {words} | {number:,} | {number / planted - 1:+.2%} |" for words, number in counted.items()]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-stats"))
    parser.add_argument("--output", type=Path)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--model", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count or options.model:
        print(json.dumps(count(options.count) if options.count else model(options.model)))
        return
    text = report(options.lines, options.folder)
    print(text)
    if options.output:
        page = options.output.read_text()
        before, _, rest = page.partition(BEGIN)
        options.output.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
