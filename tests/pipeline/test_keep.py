"""Scores of scale paper are kept with the device's name, others are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import read_json, write_json
from tidemark.figures import tables
from tidemark.pipeline.keep import keep

SCORE = {"value": 0.2, "low": 0.1, "high": 0.3}


def record(folder: Path, scale: str) -> None:
    test = {"test": {"l1": SCORE, "mse": SCORE, "snr_gain_db": SCORE}}
    write_json(
        folder / "metrics/net.json",
        {"task": "denoise", "dataset": "a", "scale": scale, "parameters": 3, "test": test},
    )


def test_what_is_kept_is_what_the_report_reads(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    (path,) = keep(tmp_path, ["net"], "Some GPU")
    assert read_json(path) == read_json(tmp_path / "metrics/net.json") | {"device": "Some GPU"}
    paper = tables.paper(tmp_path / "metrics/paper")["net"]
    score = paper.score("l1")
    assert score is not None
    assert (score.value, paper.device) == (0.2, "Some GPU")


def test_the_device_is_named_where_nobody_does(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    assert read_json(keep(tmp_path, ["net"])[0])["device"]


@pytest.mark.parametrize(
    ("scale", "name", "message"), [("laptop", "net", "not 'paper'"), ("paper", "other", "no such file")]
)
def test_other_scales_and_unknown_names_are_refused(
    tmp_path: Path, scale: str, name: str, message: str
) -> None:
    record(tmp_path, scale)
    with pytest.raises(InputError, match=message):
        keep(tmp_path, [name])
    assert not (tmp_path / "metrics/paper").exists()
