"""What each predictor was told, fitted to or learned from, in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support import scored
from tidemark.core.errors import InputError
from tidemark.evaluation.origin import LEARNED, TOLD, Origin, Training
from tidemark.report.page import costs, results, trained

FRESH = Training(
    38_400, "fresh", 300, 128, {"noise_std": [[0.03, 0.9]], "components": [[3, 6], 20]}, "", "abc"
)
STORED = Training(2000, "stored", 400, 32, {}, "other-net", "def")


@pytest.fixture
def rows(tmp_path: Path) -> dict[str, trained.Row]:
    everyone = [
        replace(scored.predictor("net", "model", mse=0.2), origin=Origin(LEARNED, True, training=FRESH)),
        replace(scored.predictor("pooled", "model", mse=0.3), origin=Origin(LEARNED, training=STORED)),
        replace(
            scored.predictor("ridge", "baseline", mse=0.4), origin=Origin(LEARNED, training=Training(64))
        ),
        replace(
            scored.predictor("genie", "oracle", mse=0.1), origin=Origin(TOLD, told=["periods", "noise_std"])
        ),
        scored.predictor("ar", "baseline", mse=0.5),
    ]
    scored.write(tmp_path, scored.compared(*everyone))
    folder = tmp_path / "metrics" / costs.FOLDER
    folder.mkdir()
    models = {
        "d-net": {"cpu_seconds": 22.4, "settings": "abc"},
        "d-pooled": {"cpu_seconds": 9, "settings": "old"},
    }
    (folder / "d.json").write_text(json.dumps({"models": models}))
    return {row.predictor.label: row for row in trained.rows(results.read(tmp_path, "forecast", "d"))}


def test_each_says_what_it_was_trained_on(rows: dict[str, trained.Row]) -> None:
    assert rows["net"].text == (
        "38,400 fresh signals; noise std 0.03 to 0.9, components 3 to 6, then 20; 300 steps of 128; 22 s CPU"
    )
    # What was measured of other settings is not said of these.
    assert rows["pooled"].text == "2,000 stored signals, after other-net; 400 steps of 32"
    assert rows["ridge"].text == "64 stored signals"
    assert rows["ar"].text == "fitted to one signal"
    assert rows["genie"].text == "told the law, and each one's periods and noise"


def test_only_networks_are_called_so(rows: dict[str, trained.Row]) -> None:
    assert {label: row.kind for label, row in rows.items()} == {
        "net": "network", "pooled": "classical model", "ridge": "baseline", "genie": "oracle", "ar": "baseline",
    }  # fmt: skip


def test_kept_costs_of_another_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('{"models": {"d-net": {}}}')
    with pytest.raises(InputError, match="no CPU seconds by model; run `tidemark keep-costs` again"):
        costs.read(tmp_path)
