"""A record of WFDB, written by the library of that format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Five seconds of two leads at 360 samples a second."""
    wfdb = pytest.importorskip("wfdb", reason="the extra 'wfdb' is not installed")
    time = np.arange(5 * 360) / 360
    values = np.stack([1.2 * np.sin(2 * np.pi * 3 * time), 0.4 * np.sin(2 * np.pi * time)], axis=1)
    wfdb.wrsamp(
        "r100", fs=360, units=["mV", "mV"], sig_name=["MLII", "V5"], p_signal=values, fmt=["16", "16"],
        write_dir=str(tmp_path),
    )  # fmt: skip
    return tmp_path / "r100.hea"
