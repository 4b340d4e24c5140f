"""Downloads as pictures: by day, and each episode's first 30 days above one another's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sendung.media.drawing import Box, Drawing, Line, Point, Shape, Text
from sendung.workflows.stats.result import MONTH, EpisodeStatistics, Statistics

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 320, 56, 16, 40, 34
GRID, BAR = "#d9dee3", "#0f766e"
COLOURS = ("#0f766e", "#c2410c", "#4f46e5", "#a16207", "#be185d", "#0369a1")
_FEWEST_TICKS = 4


def by_day(of: Statistics, words: str = "downloads by day") -> Drawing:
    """A bar a day, of all episodes that are shown."""
    title = f"{of.title}: {words}"
    return Drawing(title, (WIDTH, HEIGHT), tuple(_day_shapes(title, of.days)))


def first_days(episodes: Sequence[EpisodeStatistics], title: str) -> Drawing:
    """Downloads added up over each episode's first 30 days, of the newest episodes."""
    shown = episodes[: len(COLOURS)]
    return Drawing(title, (WIDTH, HEIGHT + 18 * len(shown)), tuple(_course_shapes(title, shown)))


def _day_shapes(title: str, days: dict[date, int]) -> Iterator[Shape]:
    highest = max(days.values(), default=0) or 1
    yield from _frame(title, HEIGHT, highest)
    width = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    every = max(1, len(days) // 8)
    for number, (day, downloads) in enumerate(days.items()):
        x, y = LEFT + number * width, _y(downloads, highest)
        yield Box((x + width * 0.1, y), (width * 0.8, HEIGHT - BOTTOM - y), BAR)
        if number % every == 0:
            yield Text((x + width / 2, HEIGHT - BOTTOM + 18), f"{day:%d.%m.%y}", "middle", 11)


def _course_shapes(title: str, shown: Sequence[EpisodeStatistics]) -> Iterator[Shape]:
    courses = [_course(episode) for episode in shown]
    highest = max((course[-1] for course in courses if course), default=0) or 1
    yield from _frame(title, HEIGHT + 18 * len(shown), highest)
    for number, (episode, course) in enumerate(zip(shown, courses, strict=True)):
        colour = COLOURS[number]
        points: list[Point] = [(_x(day), _y(total, highest)) for day, total in enumerate([0, *course])]
        yield Line(tuple(points), colour, 2)
        yield Text((LEFT, HEIGHT + 10 + 18 * number), _short(episode.title), size=12, colour=colour)
    for day in range(0, MONTH + 1, 5):
        yield Text((_x(day), HEIGHT - BOTTOM + 18), str(day), "middle", 11)


def _course(episode: EpisodeStatistics) -> list[int]:
    """Downloads added up, day by day from that of publication to the last that has any."""
    last = max(episode.days, default=None)
    if last is None:
        return []
    length = min(MONTH, max(0, (last - episode.published).days + 1))
    total, course = 0, []
    for number in range(length):
        total += episode.days.get(episode.published + timedelta(days=number), 0)
        course.append(total)
    return course


def _frame(title: str, height: int, highest: int) -> Iterator[Shape]:
    yield Box((0, 0), (WIDTH, height), "#ffffff")
    yield Text((LEFT, 20), _short(title), size=15)
    step = _step(highest)
    for value in range(0, highest + 1, step):
        y = _y(value, highest)
        yield Line(((LEFT, y), (WIDTH - RIGHT, y)), GRID)
        yield Text((LEFT - 8, y + 4), f"{value:,}".replace(",", " "), "end", 11)


def _step(highest: int) -> int:
    """Between the lines of the grid: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (5, 2, 1):
            if power * 10 // factor * _FEWEST_TICKS >= highest:
                return max(1, power * 10 // factor)
        power *= 10


def _x(day: int) -> float:
    return LEFT + day / MONTH * (WIDTH - LEFT - RIGHT)


def _y(value: int, highest: int) -> float:
    return TOP + (1 - value / highest) * (HEIGHT - TOP - BOTTOM)


def _short(words: str, most: int = 110) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
