"""Encoding MP3 in parts at once, each run up to so that no join is heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sendung.audio.encode.mp3_format import FRAME, PERIOD, Layout
from sendung.audio.encode.mp3_writer import Strip
from sendung.audio.measure.loudness import amplitude, decibels
from sendung.audio.measure.windows import window_of
from sendung.audio.shape.limiter import STEPS, Curve, step_rate
from sendung.audio.source.ffmpeg import INDEX, Ffmpeg
from sendung.audio.source.programme import Programme

RUN_UP = 12
"""Frames, at least, encoded before a part and dropped (0.3 s): the encoder's model of hearing forgets the start."""
RUN_OUT = 4
"""Frames encoded after a part and dropped: the encoder looks ahead."""


def encoding(
    ffmpeg: Ffmpeg,
    programme: Programme,
    curve: Curve,
    layout: Layout,
    path: Path,
    parts: Sequence[tuple[int, int]],
    done: Callable[[float], None],
) -> list[Callable[[], None]]:
    """What encodes parts (first frame, frames) to their place in a file, which must be there: a task for each.

    `done` is told the seconds encoded. What runs up to a part is shortest if it begins RUN_UP frames after a PERIOD.
    """
    return [partial(_encode_part, ffmpeg, programme, curve, layout, path, part, done) for part in parts]


def _encode_part(
    ffmpeg: Ffmpeg,
    programme: Programme,
    curve: Curve,
    layout: Layout,
    path: Path,
    part: tuple[int, int],
    done: Callable[[float], None],
) -> None:
    first, frames = part
    begin = max(0, first - RUN_UP) // PERIOD * PERIOD
    start = begin * FRAME
    count = min(layout.samples - start, (first - begin + frames + RUN_OUT) * FRAME)
    arguments, graph = levelled(ffmpeg, programme, curve, start, count, made_up_db=-lame_scale_db(layout.kbps))
    args = [*arguments, "-filter_complex", graph, "-map", "[out]"]
    with Strip(path, layout, begin, first, frames) as strip:
        ffmpeg.read([*args, *lame(layout.kbps)], lambda block: done(strip.take(block) / (125 * layout.kbps)))
        strip.finish()


def lame(kbps: int) -> list[str]:
    """Output arguments for frames that stand by themselves: each holds its own bits, and nothing is around them."""
    args = ["-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-reservoir", "0"]
    return [*args, "-flush_packets", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1"]


def lame_scale_db(kbps: int) -> float:
    """What LAME takes away before it encodes: a scale that its presets hold for each constant bit rate (measured)."""
    scale = 0.95 if kbps <= 160 else {192: 0.97, 224: 0.98}.get(kbps, 1.0)
    return decibels(scale)


def levelled(
    ffmpeg: Ffmpeg, programme: Programme, curve: Curve, start: int, count: int, made_up_db: float = 0.0
) -> tuple[list[str], str]:
    """Input arguments, and a graph to [out]: these samples with the curve's gain and dips, and `made_up_db` more."""
    arguments, graph = replace(programme, scale=amplitude(curve.gain_db + made_up_db)).open(start, count)
    if not curve.touches(start, count, programme.rate):
        return arguments, graph + "[out]"
    step = window_of(programme.rate) // STEPS
    path = ffmpeg.new_file("curve-", ".f32")
    curve.write(path, start // step * step, count + step, programme.rate)
    # Read by the graph itself (from ffmpeg's folder): an input of its own would be handed over 25 times a
    # second. Short frames: a long one would be 35 times as long once interpolated, and leave the processor's cache.
    form = f"sample_rate={step_rate(programme.rate)}\\\\:ch_layout=mono\\\\:indexmem={INDEX}"
    finer = f"asetnsamples=256:p=0,aresample={programme.rate}:tsf=fltp:filter_size=8"
    layout = "pan=stereo|c0=c0|c1=c0" if programme.channels == 2 else "aformat=channel_layouts=mono"
    graph += (
        f"[plain];amovie=filename={path.name}:f=f32le:format_opts={form},{finer},atrim=start_sample={start % step},"
        f"asetpts=N/SR/TB,{layout},aformat=sample_fmts=fltp[dips];[plain][dips]amultiply[out]"
    )
    return arguments, graph
