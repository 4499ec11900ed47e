"""Figures that hold two models against each other: two variants, and two ways to begin."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from support import figures
from support.figures import info, write_arrays, write_csv
from support.scored import predictor
from tidemark.denoise.figures.view import VIEW

LAW = {"noise_std": 0.1}
SIGNALS = info(name="pairs", length=40, law=LAW, tests={"std-0.9": {"noise_std": 0.9}})
MODELS = {"sta-linear": 0.02, "reference-sta-linear": 0.03, "rnn": 0.05, "identity-rnn": 0.04}
CLEAN = np.sin(np.arange(40) / 5)
STARTS = {"rnn": 0.6, "identity-rnn": 0.2}
"""Errors before any training; a tenth of it after 100 steps, and at the end that of `MODELS`."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pairs")
    models = [
        predictor(
            label, "model", dataset="pairs", parameters=10,
            l1=error, mse=error, snr_gain_db=1.0, **{"std-0.9": {"l1": error, "mse": error, "snr_gain_db": 1.0}},
        )
        for label, error in MODELS.items()
    ]  # fmt: skip
    figures.write_scored(root, VIEW, SIGNALS, models)
    for each in models:
        error = MODELS[each.label]
        rows = [
            [test, 0, t, CLEAN[t] + noise, CLEAN[t], CLEAN[t] + error * noise * 2]
            for test, noise in (("test", 0.1), ("std-0.9", 0.9))
            for t in range(40)
        ]
        write_csv(
            figures.details(root, SIGNALS, each) / "examples.csv",
            "test,signal,position,noisy,clean,estimate",
            rows,
        )
        folder, start = figures.model(root, each), STARTS.get(each.label, 0.5)
        curve = [[100, start / 9, start / 10], [200, error, error]]
        write_csv(folder / "curve.csv", "step,train,validation", curve)
        estimates = CLEAN + np.array([[start], [start / 10], [error]])
        write_arrays(
            folder / "learning",
            {"step": np.array([0, 100, 200]), "estimate": estimates, "noisy": CLEAN + 0.1, "clean": CLEAN},
        )
        hyperparameters = {"cell": "rnn", "hidden": 8 + 8 * ("sta" in each.label)}
        if each.label.startswith("identity"):
            hyperparameters["initialisation"] = "identity"
        entry = {
            "arch": each.label.replace("identity-", ""),
            "hyperparameters": hyperparameters,
            "training": {},
        }
        (folder / "training.json").write_text(json.dumps(entry))
    return figures.draw(root, "denoise", "pairs")


def test_both_variants_are_drawn_on_the_noisiest_signal(drawn: Path) -> None:
    title = "Both variants side by side"
    # Mean absolute errors of the estimates that were written: 2 × 0.9 × 0.02 and 0.03.
    assert {"sta-linear", "reference-sta-linear", "L1 0.03600", "L1 0.05400"} <= figures.texts(drawn, title)
    (caption,) = [f["caption"] for f in figures.section(drawn)["figures"] if f["title"] == title]
    assert "first 40 samples of a signal of the test set std-0.9" in caption


def test_two_ways_to_begin_are_told_by_their_numbers(drawn: Path) -> None:
    assert {"rnn", "identity-rnn"} <= figures.texts(drawn, "Beginning as the identity")
    assert figures.section(drawn)["notes"] == [
        "Begun as the identity, rnn starts with an error of 0.200 on a validation signal, drawn at random with "
        "0.600; after 100 steps its validation loss is lower (0.0200 against 0.0600), at best lower (0.0200 "
        "against 0.0500) (one training of each)."
    ]
