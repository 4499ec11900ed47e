"""Scores of scale paper are kept with where they come from, others are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import scored
from support.scored import compared, predictor, score
from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.report.keep import keep
from tidemark.report.page import paper, results


def record(root: Path, scale: str) -> None:
    scored.write(root, compared(predictor("net", "model", mse=0.2, loud={"mse": 0.3}), scale=scale))


def test_what_is_kept_is_what_the_report_reads(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    (path,) = keep(tmp_path, ["d-net"], "Some GPU")
    assert path == tmp_path / "metrics/paper/d-net.json"
    written = read_json(path)
    assert (written["task"], written["dataset"], written["scale"], written["parameters"]) == (
        "forecast",
        "d",
        "paper",
        7,
    )
    assert written["versions"]["torch"] and "commit" in written
    found = paper.read(path.parent)["d-net"]
    assert (found.score("mse"), found.score("mse", "loud")) == (score(0.2), score(0.3))
    assert found.device == "Some GPU"
    assert results.read_all(tmp_path)[0].paper["d-net"] == found


def test_the_device_is_named_where_nobody_does(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    assert read_json(keep(tmp_path, ["d-net"])[0])["device"]


@pytest.mark.parametrize(
    ("scale", "name", "message"),
    [
        ("laptop", "d-net", "not 'paper'; run the pipeline with scale: paper"),
        ("paper", "other", "'other': not scored"),
    ],
)
def test_other_scales_and_unknown_names_are_refused(
    tmp_path: Path, scale: str, name: str, message: str
) -> None:
    record(tmp_path, scale)
    with pytest.raises(InputError, match=message):
        keep(tmp_path, [name])
    assert not (tmp_path / "metrics/paper").exists()
