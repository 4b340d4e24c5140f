"""Recordings as people have them: tracks, channels, clocks, lengths that are not true, offsets, soft beginnings."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Mastered, Source, Target, kind_of, master, probe, take_finished
from sendung.audio.source.findings import findings_of
from sendung.core.errors import AudioError
from sendung.core.progress import Silent

from .conftest import RATE, Samples, decode, run_ffmpeg, sample_talk, voice, wav_bytes, write_wav

SECONDS = 8.0
PERIOD = 2.0
"""Seconds of each voice's turns."""


def turns(seconds: float = SECONDS, rate: int = RATE) -> tuple[Samples, Samples]:
    """Two voices that take turns, each alone, silent while the other speaks."""
    first, second = voice(seconds, rate) * 0.4, voice(seconds, rate, seed=2, pitch=200.0) * 0.4
    mine = (np.arange(len(first)) // round(PERIOD * rate) % 2 == 0)[:, None]
    return first * mine, second * ~mine


def heard_in(path: Path, channel: int = 0, offset_s: float = 0.0) -> tuple[float, float]:
    """The level of the first voice's turns, and of the other's, in dB to each other's mean: 0, 0 if both are heard."""
    samples = decode(path)[round(offset_s * RATE) :, channel]
    mine = np.arange(len(samples)) // round(PERIOD * RATE) % 2 == 0
    levels = [10 * np.log10(float(np.mean(part**2)) + 1e-12) for part in (samples[mine], samples[~mine])]
    return levels[0], levels[1]


def both_are_heard(path: Path, offset_s: float = 0.0) -> bool:
    channels = [heard_in(path, channel, offset_s) for channel in (0, 1)]
    return all(min(levels) > -35 and abs(levels[0] - levels[1]) < 8 for levels in channels)


def kinds(result: Mastered) -> list[str]:
    return [finding.kind for finding in result.findings]


def microphones(path: Path, channels: int, placed: bool = False) -> Path:
    """A WAV file of so many microphones; voices on the first and on the fourth (or third)."""
    first, second = turns()
    samples = np.zeros((len(first), channels))
    samples[:, 0], samples[:, min(3, channels - 1)] = first[:, 0], second[:, 0]
    data = bytearray(wav_bytes(samples, bits=16))
    if placed:
        # WAVE_FORMAT_EXTENSIBLE with a mask of loudspeakers.
        form = data[20:36]
        form[:2] = b"\xfe\xff"
        tail = struct.pack("<HHI", 22, 16, (1 << channels) - 1) + b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
        data[16:36] = struct.pack("<I", 40) + form + tail
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(("channels", "placed"), [(3, False), (4, False), (6, False), (8, False), (6, True)])
def test_all_microphones_are_heard(channels: int, placed: bool, tmp_path: Path, cache: Path) -> None:
    """Without a mask they are tracks; with the mask that a recorder writes for them, the fourth is the subwoofer."""
    source = microphones(tmp_path / "poly.wav", channels, placed)
    result = master(source, Target(), cache, Silent())
    assert both_are_heard(result.path)
    assert ("microphones" in kinds(result)) is not placed
    if not placed:
        assert result.channels == 1
        assert f"{channels} channels" in result.findings[0].message


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of picture."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=d=12:s=64x64:r=10", "-c:v", "libx264", "-preset", "ultrafast", path)
    return path


def with_tracks(film: Path, folder: Path, name: str, *arguments: str, late: float = 0.0) -> Path:
    """A film with a track for each voice."""
    for part, samples in zip(("a", "b"), turns(), strict=True):
        write_wav(folder / f"{part}.wav", samples)
    inputs = ["-i", str(film), "-i", str(folder / "a.wav"), "-itsoffset", str(late), "-i", str(folder / "b.wav")]
    maps = ["-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "copy", "-c:a", "aac"]
    run_ffmpeg(*inputs, *maps, *arguments, folder / name)
    return folder / name


@pytest.mark.parametrize("name", ["two.mkv", "two.mp4"])
def test_two_tracks_are_mixed_whichever_is_the_default(name: str, film: Path, tmp_path: Path, cache: Path) -> None:
    names = ("-metadata:s:a:0", "title=Sven", "-disposition:a:0", "0", "-disposition:a:1", "default")
    source = with_tracks(film, tmp_path, name, *names)
    result = master(source, Target(trim=False), cache, Silent())
    assert both_are_heard(result.path)
    assert kinds(result)[0] == "tracks"
    assert "2 sound tracks, which are mixed" in result.findings[0].message
    if name.endswith("mkv"):
        assert "Sven, track 2" in result.findings[0].message


def test_a_track_that_starts_later_stays_in_step(film: Path, tmp_path: Path, cache: Path) -> None:
    source = with_tracks(film, tmp_path, "late.mkv", late=4.0)
    assert [gap.length_s for gap in probe(source).tracks[1].gaps] == [pytest.approx(4.0, abs=0.03)]
    samples = decode(master(source, Target(trim=False), cache, Silent()).path)[:, 0]
    # The second voice speaks from its second turn on: at 6 s, not at 2 s.
    power = [float(np.mean(samples[round(at * RATE) : round((at + 1.9) * RATE)] ** 2)) for at in (2.05, 6.05, 10.05)]
    assert power[0] < power[1] / 1000
    assert power[0] < power[2] / 1000


def test_tracks_in_two_languages_are_not_put_over_each_other(film: Path, tmp_path: Path) -> None:
    source = with_tracks(film, tmp_path, "a.mp4", "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=eng")
    with pytest.raises(AudioError, match=r"different languages \(deu, eng\)"):
        probe(source)


def stereo(left: Samples, right: Samples) -> Samples:
    return np.hstack([left, right])


def _left(first: Samples, second: Samples) -> Samples:
    return stereo(first + second, 0 * first)


def _right_with_noise(first: Samples, second: Samples) -> Samples:
    return stereo(1e-4 * np.random.default_rng(1).standard_normal(first.shape), first + second)


def _inverted(first: Samples, second: Samples) -> Samples:
    return stereo(first + second, -first - second)


def _wide_inverted(first: Samples, second: Samples) -> Samples:
    """Two microphones in a room, one with its wires crossed."""
    room = 0.03 * np.random.default_rng(2).standard_normal((*first.shape[:1], 2))
    return stereo(first + second, -first - second) + room * np.abs(first + second)


def _one_inverted(first: Samples, second: Samples) -> Samples:
    return stereo(first + second, first - second)


def _apart(first: Samples, second: Samples) -> Samples:
    return stereo(first, second)


def _same(first: Samples, second: Samples) -> Samples:
    return stereo(first + second, first + second)


CHANNELS: dict[str, tuple[Callable[[Samples, Samples], Samples], str, int]] = {
    "left only": (_left, "one-sided", 1),
    "right only, noise on the left": (_right_with_noise, "one-sided", 1),
    "one is the other's negative": (_inverted, "inverted", 1),
    "one is the other's negative, in a room": (_wide_inverted, "inverted", 1),
    "one speaker is inverted": (_one_inverted, "inverted", 1),
    "a host on each side": (_apart, "apart", 1),
    "the same": (_same, "identical", 1),
}


@pytest.mark.parametrize("case", CHANNELS)
@pytest.mark.parametrize("wanted", ["auto", "mono"])
def test_both_voices_are_heard_in_both_ears(case: str, wanted: str, tmp_path: Path, cache: Path) -> None:
    make, kind, channels = CHANNELS[case]
    source = write_wav(tmp_path / "a.wav", make(*turns()))
    result = master(source, Target(channels=wanted), cache, Silent())  # type: ignore[arg-type]
    assert kinds(result) == [kind]
    assert result.channels == channels
    assert both_are_heard(result.path)
    assert result.lufs == pytest.approx(-19.0, abs=0.3)


def test_stereo_is_left_alone(tmp_path: Path, cache: Path) -> None:
    first, second = turns()
    source = write_wav(tmp_path / "a.wav", stereo(first + 0.5 * second, 0.6 * first + second))
    result = master(source, Target(), cache, Silent())
    assert (result.channels, kinds(result)) == (2, [])


def test_who_asks_for_stereo_hears_of_voices_that_are_apart(tmp_path: Path, cache: Path) -> None:
    result = master(write_wav(tmp_path / "a.wav", _apart(*turns())), Target(channels="stereo"), cache, Silent())
    assert (result.channels, kinds(result)) == (2, ["apart"])
    assert "channels: stereo" in result.findings[0].hint
    one = master(write_wav(tmp_path / "b.wav", _left(*turns())), Target(channels="stereo"), cache, Silent())
    assert (one.channels, kinds(one)) == (2, ["one-sided"])
    assert both_are_heard(one.path)


def test_a_finished_file_is_described_and_left(tmp_path: Path, cache: Path) -> None:
    run_ffmpeg("-i", write_wav(tmp_path / "a.wav", _left(*turns())), "-b:a", "128k", tmp_path / "a.mp3")
    result = take_finished(tmp_path / "a.mp3", cache, Silent())
    assert (kinds(result), result.path) == (["one-sided"], tmp_path / "a.mp3")


def test_a_film_does_not_go_out_as_it_is(film: Path, tmp_path: Path) -> None:
    source = with_tracks(film, tmp_path, "a.mp4")
    with pytest.raises(AudioError, match="is a film"):
        kind_of(probe(source))


@pytest.mark.parametrize("offset", [0.02, 0.1, -0.1])
def test_an_offset_is_gone_before_anything_is_measured(offset: float, tmp_path: Path, cache: Path) -> None:
    speech = 0.05 * voice(6)
    quiet = np.zeros((3 * RATE, 1))
    hum = 0.002 * np.sin(2 * np.pi * 50 * np.arange(12 * RATE) / RATE)[:, None]
    result = master(
        write_wav(tmp_path / "a.wav", np.vstack([quiet, speech, quiet]) + hum + offset), Target(), cache, Silent()
    )
    samples = decode(result.path)[:, 0]
    assert abs(float(samples.mean())) < 0.001
    assert result.cut_head_s == pytest.approx(2.7, abs=0.15)
    assert result.cut_tail_s == pytest.approx(2.2, abs=0.3)
    assert np.abs(samples[:200]).max() < 0.05, "no click at the beginning"


def test_what_is_low_is_softer_by_12_db_an_octave_and_by_a_key_it_is_not(tmp_path: Path, cache: Path) -> None:
    time = np.arange(6 * RATE) / RATE
    tones = sum(0.1 * np.sin(2 * np.pi * tone * time) for tone in (15, 30, 60, 240, 1000))
    source = write_wav(tmp_path / "a.wav", np.asarray(tones)[:, None], bits=24)
    spectra = {}
    for high_pass in (60, 0):
        result = master(source, Target(high_pass=high_pass, trim=False), cache, Silent())
        samples = decode(result.path)[RATE : 5 * RATE, 0]
        lines = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        spectra[high_pass] = {tone: 20 * np.log10(lines[tone * 4] / lines[4000]) for tone in (15, 30, 60, 240)}
    away = {tone: spectra[60][tone] - spectra[0][tone] for tone in (15, 30, 60, 240)}
    assert away == {
        15: pytest.approx(-24, abs=1.5),
        30: pytest.approx(-12.3, abs=0.5),
        60: pytest.approx(-3, abs=0.2),
        240: pytest.approx(0, abs=0.1),
    }


def test_a_part_begins_as_if_all_before_had_been_read(tmp_path: Path) -> None:
    """The high-pass has a memory; parts are encoded beside each other."""
    from sendung.audio.measure.clipping import samples_of
    from sendung.audio.source.decode import take_in
    from sendung.audio.source.ffmpeg import Ffmpeg

    source = write_wav(tmp_path / "a.wav", 0.3 * voice(4) + 0.2, bits=24)
    with Ffmpeg(tmp_path) as ffmpeg:
        programme = take_in(ffmpeg, probe(source), tmp_path, lambda _: None, 60)
        whole = samples_of(ffmpeg, programme, 0, 4 * RATE)
        part = samples_of(ffmpeg, programme, 2 * RATE + 77, RATE)
    assert np.abs(whole[2 * RATE + 77 :][:RATE] - part).max() < 1e-6


def _with_length(value: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        data = bytearray(wav_bytes(voice(6) * 0.3))
        struct.pack_into("<I", data, 40, value)
        (folder / "a.wav").write_bytes(data)
        return folder / "a.wav"

    return make


def _encoded(name: str, *arguments: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        run_ffmpeg("-i", write_wav(folder / "in.wav", voice(6) * 0.3), *arguments, folder / name)
        return folder / name

    return make


def _webm_of_a_browser(folder: Path) -> Path:
    data = run_ffmpeg(
        "-i", write_wav(folder / "in.wav", voice(6) * 0.3), "-c:a", "libopus", "-f", "webm", "-live", "1", "pipe:1"
    )
    (folder / "a.webm").write_bytes(data)
    return folder / "a.webm"


def _with_junk(folder: Path) -> Path:
    path = _encoded("a.mp3")(folder)
    path.write_bytes(bytes(range(1, 200)) * 330 + path.read_bytes())
    return path


def _xing_says_too_little(folder: Path) -> Path:
    path = _encoded("a.mp3", "-q:a", "4")(folder)
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, data.find(b"Xing") + 8, 50)
    path.write_bytes(data)
    return path


def _riff_says_too_little(folder: Path) -> Path:
    data = bytearray(wav_bytes(voice(6) * 0.3))
    struct.pack_into("<I", data, 4, 100)
    (folder / "a.wav").write_bytes(data)
    return folder / "a.wav"


LENGTHS: dict[str, Callable[[Path], Path]] = {
    "0x7ffff000": _with_length(0x7FFFF000),
    "0x80000000": _with_length(0x80000000),
    "0x7fffffdb": _with_length(0x7FFFFFDB),
    "0xffffffff": _with_length(0xFFFFFFFF),
    "0": _with_length(0),
    "RIFF too short": _riff_says_too_little,
    "RF64": _encoded("a.wav", "-rf64", "always"),
    "WebM without duration": _webm_of_a_browser,
    "VBR without Xing": _encoded("a.mp3", "-q:a", "4", "-write_xing", "0"),
    "Xing too short": _xing_says_too_little,
    "junk before MP3": _with_junk,
    "ADTS": _encoded("a.aac"),
    "WMA": _encoded("a.wma"),
    "fragments": _encoded("a.mp4", "-movflags", "frag_keyframe+empty_moov", "-frag_duration", "1000000"),
    "ADPCM": _encoded("a.wav", "-c:a", "adpcm_ima_wav"),
    "8 kHz A-law": _encoded("a.wav", "-ar", "8000", "-c:a", "pcm_alaw"),
    "transport stream": _encoded("a.ts", "-c:a", "aac"),
    "CAF": _encoded("a.caf"),
}


@pytest.mark.parametrize("case", LENGTHS)
def test_the_length_is_that_of_the_sound_whatever_a_header_says(case: str, tmp_path: Path, cache: Path) -> None:
    source = LENGTHS[case](tmp_path)
    assert probe(source).duration_s == pytest.approx(6, abs=0.1)
    if case in {"0x7ffff000", "WebM without duration", "WMA", "Xing too short"}:
        result = master(source, Target(trim=False), cache, Silent())
        assert result.duration_s == pytest.approx(6, abs=0.1)
        assert kinds(result) == []


FRAME, LARGE_RATE = 64, 192_000
"""Bytes of a sample of eight channels of float64, and how many a second: the fastest way beyond 4 GB."""


def large(folder: Path, kind: str, seconds: int = 1) -> Path:
    """Some seconds of speech, a hole of 4 GB that takes no disk, as many again; the header as recorders write it."""
    size = (1 << 32) // FRAME * FRAME + 50 * LARGE_RATE * FRAME
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 3, 8, LARGE_RATE, LARGE_RATE * FRAME, FRAME, 64)
    wide = b"ds64" + struct.pack("<IQQQI", 28, size + 72, size, size // FRAME, 0)
    written = {"wrapped": size & 0xFFFFFFFF, "0": 0, "0x80000000": 1 << 31}.get(kind, 0xFFFFFFFF)
    name, chunks = (kind.encode(), wide + form) if kind in {"RF64", "BW64"} else (b"RIFF", form)
    head = name + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + chunks + b"data" + struct.pack("<I", written)
    speech = np.zeros((seconds * LARGE_RATE, 8))
    speech[:, :1] = 0.3 * voice(seconds, LARGE_RATE)
    with (folder / "large.wav").open("wb") as file:
        file.write(head + speech.tobytes())
        file.seek(len(head) + size - speech.nbytes)
        file.write(speech.tobytes())
    return folder / "large.wav"


LARGE = ("wrapped", "0", "0x80000000", "0xffffffff", "RF64", "BW64")


@pytest.mark.parametrize("kind", LARGE)
def test_a_wav_beyond_4_gb_is_as_long_as_it_is(kind: str, tmp_path: Path) -> None:
    expected = (1 << 32) / FRAME / LARGE_RATE + 50
    assert probe(large(tmp_path, kind)).duration_s == pytest.approx(expected, abs=0.01)


@pytest.mark.soak
@pytest.mark.parametrize("kind", LARGE)
def test_a_wav_beyond_4_gb_is_heard_to_its_end(kind: str, tmp_path: Path, cache: Path) -> None:
    source = large(tmp_path, kind, seconds=10)
    result = master(source, Target(trim=False), cache, Silent())
    assert result.duration_s == pytest.approx(probe(source).duration_s, abs=0.05)
    samples = decode(result.path)[:, 0]
    loud = [float(np.sqrt(np.mean(samples[at:][: 9 * RATE] ** 2))) for at in (0, len(samples) - 10 * RATE)]
    assert min(loud) > 0.05
    assert np.abs(samples[20 * RATE : -20 * RATE]).max() < 0.01


@pytest.mark.parametrize("late", [0.06, 3.0])
def test_sound_that_starts_after_the_picture_keeps_its_place(
    late: float, film: Path, tmp_path: Path, cache: Path
) -> None:
    sound = write_wav(tmp_path / "a.wav", voice(6) * 0.3)
    maps = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"]
    run_ffmpeg("-i", film, "-itsoffset", str(late), "-i", sound, *maps, tmp_path / "a.mp4")
    source = probe(tmp_path / "a.mp4")
    assert source.duration_s == pytest.approx(6 + late, abs=0.05)
    assert [finding.kind for finding in findings_of(source)] == ["gaps"]
    result = master(tmp_path / "a.mp4", Target(trim=False), cache, Silent())
    assert result.duration_s == pytest.approx(6 + late, abs=0.05)


def test_a_hole_in_the_clock_is_filled_so_that_all_after_it_is_in_step(tmp_path: Path, cache: Path) -> None:
    for name, start in (("1", "0"), ("2", "3")):
        cut = ["-ss", start, "-t", "3", "-i", str(write_wav(tmp_path / "in.wav", voice(6) * 0.3))]
        run_ffmpeg(*cut, "-c:a", "libopus", tmp_path / f"{name}.webm")
    (tmp_path / "list.txt").write_text("file 1.webm\nduration 8\nfile 2.webm\n")
    run_ffmpeg("-f", "concat", "-i", tmp_path / "list.txt", "-c", "copy", tmp_path / "a.webm")
    result = master(tmp_path / "a.webm", Target(trim=False), cache, Silent())
    assert result.duration_s == pytest.approx(11, abs=0.05)
    assert "5.0 s at 0:03" in result.findings[0].message
    samples = decode(result.path)[:, 0]
    assert np.abs(samples[round(3.1 * RATE) : round(7.9 * RATE)]).max() < 1e-3
    assert np.abs(samples[round(8 * RATE) : round(8.6 * RATE)]).max() > 0.05


def test_a_picture_that_is_longer_than_the_sound_is_no_cut(film: Path, tmp_path: Path, cache: Path) -> None:
    source = with_tracks(film, tmp_path, "a.mp4")
    assert probe(source).duration_s == pytest.approx(SECONDS, abs=0.05)


@pytest.mark.parametrize("arguments", [("a.mkv",), ("a.mp4", "-movflags", "+faststart")])
def test_a_film_that_is_cut_off_is_refused(arguments: tuple[str, ...], film: Path, tmp_path: Path) -> None:
    source = with_tracks(film, tmp_path, *arguments)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    with pytest.raises(AudioError, match="is cut off"):
        probe(source)


@pytest.fixture(scope="module")
def talk() -> Samples:
    """Twenty seconds of the sample episode at -20 dBFS, then five of another passage."""
    samples = sample_talk()
    parts = samples[20 * RATE : 40 * RATE], samples[60 * RATE : 66 * RATE]
    return np.vstack([part / np.sqrt(np.mean(part**2)) * 0.1 for part in parts])


def _soft(kind: str, talk: Samples) -> Samples:
    """Six seconds at -48 dBFS."""
    time = np.arange(6 * RATE) / RATE
    sounds = {
        "a voice": talk[20 * RATE :],
        "a chord": sum(np.sin(2 * np.pi * tone * time) for tone in (220.0, 277.2, 329.6)),
        "a melody": np.concatenate(
            [np.sin(2 * np.pi * 330 * 2 ** (n / 12) * time[: RATE // 2]) for n in [0, 4, 7] * 4]
        ),
    }
    sound = np.asarray(sounds[kind]).reshape(-1, 1)
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * 10 ** (-48 / 20))


@pytest.mark.parametrize("noise_db", [-90, -52])
@pytest.mark.parametrize("kind", ["a voice", "a chord", "a melody"])
def test_soft_voices_and_music_are_not_silence(
    kind: str, noise_db: float, talk: Samples, tmp_path: Path, cache: Path
) -> None:
    soft = _soft(kind, talk)
    samples = np.vstack([soft, talk[: 20 * RATE], soft])
    samples = samples + 10 ** (noise_db / 20) * np.random.default_rng(1).standard_normal(samples.shape)
    result = master(write_wav(tmp_path / "a.wav", samples, bits=24), Target(), cache, Silent())
    assert (result.cut_head_s, result.cut_tail_s) == (0, 0)


@pytest.mark.parametrize("noise_db", [-90, -60, -52])
def test_noise_of_the_room_is_cut_and_how_much_is_said(
    noise_db: float, talk: Samples, tmp_path: Path, cache: Path
) -> None:
    samples = np.vstack([np.zeros((6 * RATE, 1)), talk[: 20 * RATE], np.zeros((6 * RATE, 1))])
    samples = samples + 10 ** (noise_db / 20) * np.random.default_rng(1).standard_normal(samples.shape)
    samples[RATE : RATE + 40] += 0.5  # a click is no start
    result = master(write_wav(tmp_path / "a.wav", samples, bits=24), Target(), cache, Silent())
    assert 5.3 < result.cut_head_s < 5.9
    assert 4.8 < result.cut_tail_s < 5.4
    [said] = [finding.message for finding in result.findings if finding.kind == "cut"]
    assert said == f"Silence was cut: {result.cut_head_s:.1f} s at the start, {result.cut_tail_s:.1f} s at the end."


def test_clipping_is_told_and_a_loud_peak_is_not(tmp_path: Path, cache: Path) -> None:
    loud = np.clip(voice(8) * 3, -1, 1)
    result = master(write_wav(tmp_path / "clipped.wav", loud), Target(), cache, Silent())
    assert kinds(result) == ["clipped"]
    assert "turn the microphone down" in result.findings[0].hint
    assert kinds(master(write_wav(tmp_path / "full.wav", voice(8)), Target(), cache, Silent())) == []
    over = write_wav(tmp_path / "over.wav", voice(8) * 3, floating=True)
    assert kinds(master(over, Target(), cache, Silent())) == [], "floats may pass full scale"


def test_a_probe_says_all_that_it_read(film: Path, tmp_path: Path) -> None:
    source: Source = probe(with_tracks(film, tmp_path, "a.mkv", "-metadata:s:a:1", "language=deu"))
    assert source.video
    assert [(track.channels, track.layout, track.language) for track in source.tracks] == [
        (1, "mono", ""),
        (1, "mono", "deu"),
    ]
