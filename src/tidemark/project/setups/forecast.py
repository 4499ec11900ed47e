"""Forecasting a recording of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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

LONGEST_LOOKBACK, LONGEST_HORIZON = 336, 96
"""Of what is proposed: what takes minutes."""
LONGEST_SEASON = 500
"""Of what is proposed: a lookback has two of them."""
SEASONS = 14
"""In a lookback, if there is room."""
ENCODER, BAYES = 36_000, 250_000
"""Steps of half a minute of training, times what one costs: the horizon, the lookback to the power 1.5."""
CHANNELS = 4
"""Up to so many, windows are as many as of one; each is a series, so that windows of more cost more."""
ENCODER_BATCH, BAYES_BATCH = 32, 16
"""Windows of a step …"""
ENCODER_SERIES, BAYES_SERIES = ENCODER_BATCH * CHANNELS, BAYES_BATCH
"""… fewer of many channels: so many series in all, but a window."""
LOOK = 4.1e-8
"""Seconds in which a Gaussian process forecasts a series, over the square of the lookback."""
PATIENCE = 30.0
"""Seconds that it may take to forecast the validation windows, which happens several times."""
WITHOUT = 96, 10
"""Lookback and horizon where there is no season."""


def columns(choices: Choices) -> Sequence[str]:
    """The series; none where all are wanted. Raises `InputError` where some are named as well."""
    if choices.all_series and choices.column:
        raise InputError("--all-series: takes every column of numbers; leave out --column, or it")
    return choices.column


def propose(survey: Survey, choices: Choices) -> Proposal:
    """Lookback and horizon by the season, networks that are quick, classical methods fitted to either."""
    shares = blocks(survey.samples)
    lookback, horizon, season, said = _lengths(survey, choices, shares[0])
    channels = len(survey.columns)
    entry = recording("", survey, survey.columns) | {
        "lookback": lookback, "horizon": horizon,
        "hop": hop(survey.samples, horizon, channels=max(1, channels // CHANNELS)),
        "blocks": shares, "normalisation": "window", "season": season,
    }  # fmt: skip
    short = min(1.0, LONGEST_LOOKBACK / lookback)  # a step of a longer one costs more
    longest = clipped(1.5 * season if season > 1 else lookback / 2, 2, min(99, lookback))
    recipes = {
        "encoder-own": {
            "training": {
                "loss": "step_weighted_mse",
                "batch": ENCODER_BATCH,
                "learning_rate": 0.003,
                "weight_decay": 0.01,
            },
            "smoke": {"steps": 4, "validate_every": 2},
            "laptop": {"warmup": 20, "validate_every": 25},
            "paper": {"steps": 2000, "warmup": 50, "validate_every": 50},
        },
        "empirical-bayes-own": {
            "training": {"loss": "mse", "batch": BAYES_BATCH, "learning_rate": 0.005},
            "smoke": {"steps": 2, "validate_every": 2},
            "laptop": {"validate_every": 10},  # one costs about as much as ten steps
            "paper": {"steps": 400, "validate_every": 20},
        },
    }
    models = {
        "encoder-gru": {
            "arch": "sequence_to_sequence", "source": "training/stored", "recipe": "encoder-own",
            "hyperparameters": {"encoder": "multilayer", "hidden": 140, "teacher_forcing": False},
            "laptop": {
                "steps": clipped(short * clipped(ENCODER / horizon, 300, 1500), 100, 1500),
                **_batch(ENCODER_BATCH, ENCODER_SERIES // channels),
            },
        },
        "empirical-bayes": {
            "arch": "empirical_bayes", "source": "training/stored", "recipe": "empirical-bayes-own",
            "hyperparameters": {
                "longest": longest, "trends": [lookback / 10, lookback / 2], "decays": [lookback / 2],
                "rounds": 6,
            },
            "laptop": {
                "steps": clipped(BAYES / lookback**1.5, 15, 120),
                **_batch(BAYES_BATCH, BAYES_SERIES // channels),
            },
        },
    }  # fmt: skip
    look = LOOK * lookback**2 * channels * shares[1] * survey.samples / entry["hop"]
    if look > PATIENCE:
        del models["empirical-bayes"], recipes["empirical-bayes-own"]
        said.append(
            f"empirical-bayes is left out, as it takes minutes with {channels} channel{'s' * (channels > 1)} "
            "and that lookback"
        )
    fewer = f"--horizon {max(1, test_samples(survey.samples) // HANDFUL)} or less, or a longer recording"
    return Proposal(entry, recipes, models, _baselines(lookback, season), said, fewer)


def _batch(usual: int, most: int) -> dict[str, int]:
    """The batch of at most so many windows, where it is not the usual one."""
    return {"batch": max(1, most)} if most < usual else {}


def _lengths(survey: Survey, choices: Choices, training: float) -> tuple[int, int, int, list[str]]:
    """Lookback, horizon and season, and what is to be said of them."""
    test, train = test_samples(survey.samples), round(training * survey.samples)
    season, sure = (choices.season, 1.0) if choices.season else survey.season(training)
    found = f"season of {season} samples (autocorrelation {sure:.2f})" if season > 1 else "no season"
    said = [found] if choices.season is None else []
    if choices.season is None and season > LONGEST_SEASON:
        said.append(f"one of over {LONGEST_SEASON} is left out, as it takes long; --season {season} takes it")
        season = 1
    enough = test // ENOUGH if test // ENOUGH >= 4 else max(1, test // (HANDFUL + 1))
    usual = season if season > 1 else WITHOUT[1]
    horizon = choices.horizon or clipped(min(usual, enough), 1, LONGEST_HORIZON)
    room = max(train // 2 - horizon, 2)
    wanted = min(SEASONS * season, LONGEST_LOOKBACK) if season > 1 else WITHOUT[0]
    lookback = choices.lookback or clipped(max(wanted, 2 * season + 1, 2 * horizon), 2, room)
    if season >= lookback:
        if choices.season:
            raise InputError(
                f"--season {season}: not shorter than the lookback of {lookback}; choose --lookback "
                f"{2 * season + 1} or more, or a shorter season"
            )
        said.append(f"that season is longer than the lookback of {lookback}, and left out")
        season = 1
    return lookback, horizon, season, [*said, f"lookback {lookback}, horizon {horizon}"]


def _baselines(lookback: int, season: int) -> dict[str, Any]:
    """Classical methods, with options for a lookback and a season."""
    order = clipped(lookback / 3, 1, 40)
    known = season if lookback >= 2 * season else 1  # methods that smooth a season must have seen two
    some = min(lookback, max(4 * season, 48))
    result: dict[str, Any] = {
        "last-value": {},
        "seasonal-naive": {},
        "linear-prediction": {
            "options": {"order": order, "ridge": 0.03, "method": "forward_backward", "centred": True}
        },
        "exponential-smoothing": {
            "options": {"season": known if known <= 48 else 1, "initial": "heuristic", "samples": some}
        },
        "theta": {"options": {"season": known, "samples": some}},
        "ridge": {"method": "linear_map", "options": {"level": "mean", "penalty": 0.03}},
        "nlinear": {"method": "linear_map", "options": {"level": "last", "penalty": 0.03}},
        "dlinear": {
            "method": "linear_map",
            "options": {"level": "none", "average": min(25, lookback // 2 * 2 - 1), "penalty": 0.03},
        },
    }
    if season > 1:
        if lookback >= 3 * season:
            result["seasonal-decomposition"] = {"options": {"degree": 0}}
        result["harmonic-regression"] = {
            "options": {"harmonics": clipped(season // 4, 1, 4), "degree": 1, "order": min(3, order)}
        }
    return result


SETUP = Setup(
    ("column", "all_series", "lookback", "horizon", "season"),
    ("all_series", "lookback", "horizon", "season"),
    columns,
    propose,
    usual=True,
)
