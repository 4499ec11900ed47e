"""The daily trade in a share as a recording: what matplotlib ships, and that its columns go together."""

from pathlib import Path

import matplotlib.cbook
import numpy as np

from stages.shares import shares
from tidemark.recordings.recording import read_recording


def test_the_file_holds_the_logarithms_of_what_is_shipped(tmp_path: Path) -> None:
    shares(tmp_path / "shares.csv")
    assert (tmp_path / "shares.csv").read_text().startswith("day,volume,range\n0,16.92")
    found = read_recording(
        tmp_path / "shares.csv", columns=["volume", "range"], sampling_rate=1, rate_unit="sample"
    )
    with np.load(matplotlib.cbook.get_sample_data("goog.npz", asfileobj=False)) as arrays:
        days = arrays["price_data"]
    assert found.clean.shape == (2, 1047)
    np.testing.assert_allclose(np.exp(found.clean[0]), days["volume"], rtol=1e-6)
    np.testing.assert_allclose(np.exp(np.exp(found.clean[1])), days["high"] / days["low"], rtol=1e-5)
    assert np.corrcoef(found.clean)[0, 1] > 0.5
