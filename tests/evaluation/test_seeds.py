"""Kept spreads over seeds widen the intervals of the very models that they were measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.evaluation.comparison import Predictor, Score
from tidemark.evaluation.seeds import Spread, covering, fitting, read, settings

NET = Predictor(
    "d-net", "d", "model", False, 3, {"test": {"l1": Score(2.0, 1.9, 2.1), "mse": Score(9, 8, 10)}}
)


def test_a_kept_interval_takes_the_place_of_the_items_alone() -> None:
    wide = covering(NET, Spread("", 5, {"test": {"l1": (1.0, 3.0)}, "loud": {"l1": (0.0, 1.0)}}))
    assert wide.score("l1") == Score(2.0, 1.0, 3.0)
    assert wide.score("mse") == Score(9, 8, 10)
    assert wide.seeds == 5


def test_a_score_outside_the_kept_interval_keeps_its_own() -> None:
    assert covering(NET, Spread("", 5, {"test": {"l1": (2.5, 3.0)}})).score("l1") == Score(2.0, 1.9, 2.1)


def test_settings_are_what_a_model_was_trained_with(tmp_path: Path) -> None:
    for name in ("model.json", "training.json"):
        (tmp_path / name).write_text("{}")
    before = settings(tmp_path)
    (tmp_path / "weights.safetensors").write_text("others")
    assert settings(tmp_path) == before
    (tmp_path / "training.json").write_text('{"seed": 1}')
    assert settings(tmp_path) != before


def test_a_spread_is_that_of_the_same_training(tmp_path: Path) -> None:
    for name in ("model.json", "training.json"):
        (tmp_path / name).write_text("{}")
    kept = {"net": Spread(settings(tmp_path), 5, {}), "changed": Spread("of another", 5, {})}
    assert fitting(kept, "net", tmp_path) == kept["net"]
    assert fitting(kept, "changed", tmp_path) is None
    assert fitting(kept, "never kept", tmp_path) is None


def test_no_settings_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="model.json: no such file; train the model again"):
        settings(tmp_path)


def test_kept_spreads_are_read(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    kept = {"training": "f", "seeds": 2, "scores": {"test": {"l1": [[1.0, 2.0], [0.5, 2.5]]}}}
    path.write_text(json.dumps({"models": {"d-net": kept}}))
    assert read(path) == {"d-net": Spread("f", 2, {"test": {"l1": (0.5, 2.5)}})}
    assert read(tmp_path / "other.json") == {}


@pytest.mark.parametrize("content", ["[]", '{"models": {"n": {}}}', '{"models": {"n": {"scores": 3}}}'])
def test_another_file_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "d.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"d.json: no kept spreads .*tidemark keep-seeds"):
        read(path)
