"""Every model trained several times: what runs, what its scores are, and what is kept for runs that train once."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

TRAINED = {f"denoise/train@{model}" for model in ("small", "other", "fresh")} | {"forecast/train@ahead"}


def test_seeds_are_trained_kept_and_counted(pipeline: Any) -> None:
    once = pipeline.scores("denoise", "sine")
    pipeline.params(lambda top: top.update(seeds=3))
    assert pipeline.quick() >= TRAINED
    thrice = pipeline.scores("denoise", "sine")
    spread = json.loads((pipeline.folder / "plots/details/denoise/sine/models/seeds.json").read_text())
    small = spread["small"]["test"]["l1"]
    assert small["values"][0] == once["small"]["scores"]["test"]["l1"][0]
    assert len(set(small["values"])) == 3
    assert thrice["small"]["scores"]["test"]["l1"][0] == pytest.approx(sum(small["values"]) / 3)
    assert thrice["small"]["seeds"] == 3
    assert thrice["sine-raw"] == once["sine-raw"]

    assert "metrics/seeds/sine.json" in pipeline.tidemark("keep-seeds")
    pipeline.params(lambda top: top.update(seeds=1))
    pipeline.params(lambda params: params["models"]["other"]["smoke"].update(steps=11), "denoise")
    assert "denoise/train@other" in pipeline.quick()
    now = pipeline.scores("denoise", "sine")
    assert now["small"]["scores"]["test"]["l1"] == [small["values"][0], *small["interval"]]
    assert now["small"]["seeds"] == 3
    assert now["other"]["seeds"] == 1, "trained in another way than when spreads were kept"
    assert not (pipeline.folder / "models/sine/small/seeds").exists()
    assert "(3 trainings, but for other, trained once)" in pipeline.tidemark("table", "sine")
