"""Inferring one column of a recording of one's own from another."""

from __future__ import annotations

from collections.abc import Sequence

from tidemark.core.errors import InputError
from tidemark.pipeline.recordings import ENOUGH
from tidemark.project.setup import Choices, Proposal, Setup
from tidemark.project.setups.common import (
    HANDFUL,
    blocks,
    clipped,
    hop,
    recording,
    test_samples,
)  # fmt: skip
from tidemark.project.survey import Survey

WINDOW = 32
CONTEXT = 4
"""Of a window one sample in so many is known of the column that is inferred."""
WINDOWS = 2000


def columns(choices: Choices) -> Sequence[str]:
    """The two."""
    pair = choices.pair or choices.column
    if len(pair) != 2 or pair[0] == pair[1]:
        raise InputError("--pair: one column is inferred from another; name two, as --pair A B")
    return pair


def propose(survey: Survey, choices: Choices) -> Proposal:
    """Windows of 32 samples or more, Gaussian processes and a transformer."""
    test = test_samples(survey.samples)
    enough = test // ENOUGH * 4 // 3
    window = choices.window or clipped(WINDOW, 8, max(8, enough))
    context = max(2, window // CONTEXT)
    entry = recording("", survey, survey.columns) | {
        "window": window, "context": context, "hop": hop(survey.samples, window, WINDOWS),
        "blocks": blocks(survey.samples), "normalisation": "window",
    }  # fmt: skip
    recipes = {
        "neural-process-own": {
            "training": {
                "loss": "gaussian_nll", "batch": 8, "learning_rate": 0.003, "weight_decay": 0.01,
                "average": 0.99,
            },
            "smoke": {"steps": 4, "validate_every": 2, "hyperparameters": {"width": 8, "layers": 2}},
            "laptop": {"steps": 200, "validate_every": 20, "hyperparameters": {"width": 32, "layers": 4}},
            "paper": {"steps": 1000, "validate_every": 25, "hyperparameters": {"width": 32, "layers": 4}},
        },
        "covariance-own": {
            "training": {"loss": "gaussian_nll", "batch": 16, "learning_rate": 0.03},
            "smoke": {"steps": 4, "validate_every": 2},
            "laptop": {"steps": 60, "validate_every": 10},
            "paper": {"steps": 300, "validate_every": 25},
        },
    }  # fmt: skip
    models = {
        "learned-covariance": {
            "arch": "learned_covariance", "source": "training/stored", "recipe": "covariance-own",
            "hyperparameters": {},
        },
        "neural-process": {
            "arch": "transformer_neural_process", "source": "training/stored", "recipe": "neural-process-own",
            "hyperparameters": {},
        },
    }  # fmt: skip
    kernel = {"kernel": "matern", "smoothness": "0.5"}
    baselines = {
        "mean": {},
        "shifted-partner": {},
        "fitted-gaussian-process": {"options": {**kernel, "own": "process", "draws": 512}},
        "pooled-gaussian-process": {"options": {**kernel, "own": "offset", "signals": 128}},
    }
    said = [f"windows of {window}, of which {context} samples of the inferred column are known"]
    fewer = f"--window {max(3, test // HANDFUL)} or less, or a longer recording"
    return Proposal(entry, recipes, models, baselines, said, fewer)


SETUP = Setup(("column", "pair", "window"), ("pair",), columns, propose)
