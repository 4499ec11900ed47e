"""A denoiser in the working directory, a temporary one."""

from __future__ import annotations

from pathlib import Path

import pytest

import tidemark
from support.arrays import save_gru
from tidemark.prediction.model import Model


@pytest.fixture
def gru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.chdir(tmp_path)
    save_gru(tmp_path)
    return tidemark.load("sine-gru")
