"""What two microphones hear of a conversation, as files; each is made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.audio.conftest import write_wav

from .conversation import Conversation, Microphone, conversation

Record = Callable[..., Path]


@pytest.fixture(scope="session")
def talk() -> Conversation:
    return conversation()


@pytest.fixture(scope="session")
def record(talk: Conversation, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Writes what a microphone records: WAV of floats."""
    folder = tmp_path_factory.mktemp("microphones")

    def make(microphone: Microphone, said: Conversation = talk) -> Path:
        name = hashlib.sha256(f"{microphone} {said.duration_s}".encode()).hexdigest()[:16]
        path = folder / f"{name}.wav"
        if not path.exists():
            write_wav(path, microphone.record(said)[:, None].astype(np.float64), microphone.rate, floating=True)
        return path

    return make
