"""What recordings lack is found before a stage fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from support.changed_params import default_tree, put, write_params
from tidemark.core.errors import InputError
from tidemark.pipeline.recordings import check

ENTRY = {
    "file": "x.csv", "columns": ["v"], "time_column": "time", "lookback": 20, "horizon": 5, "hop": 1, "season": 7,
}  # fmt: skip


def write(folder: Path, **changes: Any) -> None:
    """Parameters with one recording, `x.csv` of 1,000 rows."""
    tree = default_tree("forecast")
    tree["recordings"] = {"x": {key: value for key, value in (ENTRY | changes).items() if value is not None}}
    put(tree, "recordings", tree["recordings"])
    write_params(
        folder, {"forecast": tree} | {task: without(task) for task in ("denoise", "infer", "classify")}
    )
    (folder / "x.csv").write_text("time,v,word\n" + "".join(f"{row},{row}.5,a\n" for row in range(1000)))
    np.save(folder / "x.npy", np.zeros((2, 1000)))
    soundfile.write(folder / "x.wav", np.zeros(1000), 100)


def without(task: str) -> dict[str, Any]:
    tree = default_tree(task)
    for group in ("recordings", "studies"):
        if group in tree:
            tree[group] = {}
    return tree


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"file": "no.csv"}, r"recordings\.x\.file = 'no\.csv': no such file; bring it there, or fix the path"),
        ({"columns": ["w"]}, r"recordings\.x: x\.csv: no column 'w'; there are time, v, word"),
        ({"time_column": "date"}, r"recordings\.x: x\.csv: no column 'date'"),
        ({"columns": ["word"]}, r"column 'word' holds text, no numbers"),
        ({"rate_unit": "fortnight"}, r"rate_unit = 'fortnight': expected one of s, minute"),
        ({"file": "x.npy", "columns": ["5"], "time_column": None, "sampling_rate": 1}, r"no channel '5'; there are 0, 1"),
        ({"file": "x.npy", "columns": ["0"], "time_column": None}, "the file has no sampling rate"),
        ({"file": "x.wav", "columns": None, "time_column": None, "sampling_rate": 50}, "50 per s, but the file has 100"),
        ({"lookback": 900}, r"recordings\.x\.lookback = 900: with the horizon of 5 longer than the"),
    ],
)  # fmt: skip
def test_in_one_line_with_the_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], message: str
) -> None:
    write(tmp_path, **changes)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as error:
        check()
    assert "\n" not in str(error.value)


def test_few_test_windows_are_named_and_enough_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert check() == []  # 150 samples, five at a time
    write(tmp_path, horizon=10)
    (line,) = check()
    assert "recordings.x: 15 test windows, which are few" in line


def test_a_file_that_dvc_or_a_stage_brings_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, file="later.csv")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "later.csv.dvc").write_text("outs: []\n")
    assert check() == []
    (tmp_path / "later.csv.dvc").unlink()
    (tmp_path / "dvc.yaml").write_text("stages:\n  make: {cmd: x, outs: [later.csv]}\n")
    assert check() == []
