"""Scores of scale paper are kept with where they come from, others are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import scored, small_pipeline
from support.scored import compared, predictor, score
from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.report.keep import keep
from tidemark.report.page import paper, results
from tidemark.report.stale import stale


def record(root: Path, scale: str) -> None:
    small_pipeline.write(root)
    net = predictor("net", "model", mse=0.2, loud={"mse": 0.3})
    scored.write(root, compared(net, predictor("ridge", "baseline", mse=0.4), scale=scale))


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
    origin = written["provenance"]
    assert origin["versions"]["torch"] and "commit" in origin
    assert (origin["seeds"], origin["device"]) == ([4], "Some GPU")
    found = paper.read(path.parent)["d-net"]
    assert (found.score("mse"), found.score("mse", "loud")) == (score(0.2), score(0.3))
    assert found.device == "Some GPU"
    assert results.read_all(tmp_path)[0].paper["d-net"] == found


def test_what_is_kept_together_is_made_again_together(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    net, ridge = (read_json(path)["provenance"] for path in keep(tmp_path, ["d-net", "d-ridge"], "Some GPU"))
    assert net["command"] == ridge["command"]
    assert net["command"] == (
        "dvc exp run -S scale=paper pipelines/forecast/dvc.yaml:figures@d && tidemark keep d-net d-ridge"
    )
    assert (ridge["seeds"], ridge["scores"]["predictors"]) == ([], ["d-ridge"])
    assert stale(tmp_path) == []
    small_pipeline.replace(
        tmp_path / "pipelines/forecast/params.yaml", "law: {length: 9}", "law: {length: 8}"
    )
    (line,) = stale(tmp_path)
    assert line.startswith("metrics/paper: 2 files: parameters changed since ")
    assert line.endswith(f": make them again with {net['command']}")


def test_the_device_is_named_where_nobody_does(tmp_path: Path) -> None:
    record(tmp_path, "paper")
    assert read_json(keep(tmp_path, ["d-net"])[0])["provenance"]["device"]


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
