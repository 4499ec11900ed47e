"""Denoising a recording of one's own: with a noisy partner, or clean and given noise."""

from __future__ import annotations

import math
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

SNR_DB = 10.0
"""Noise that is added to a clean recording."""
RECURRENT = 64_000
"""Steps of half a minute of training, times the window."""
WINDOWS = 2500
"""Training windows: kernel methods take no more."""


def columns(choices: Choices) -> Sequence[str]:
    """The clean column, then the noisy one where there is one."""
    if choices.clean is None:
        raise InputError(
            "--clean: a denoiser learns from a column without noise; name it (with --column for its "
            "noisy partner, "
            "alone if noise is to be added to it)"
        )
    noisy = [column for column in choices.column if column != choices.clean]
    if len(noisy) > 1:
        raise InputError(
            f"--column: {len(noisy)} noisy columns ({', '.join(noisy)}) of one clean one; name one"
        )
    if noisy and choices.snr_db is not None:
        raise InputError(
            "--snr-db: noise is added only where there is no noisy column; leave one of them out"
        )
    return [choices.clean, *noisy]


def propose(survey: Survey, choices: Choices) -> Proposal:
    """Windows of about two seasons, two networks, classical methods as strong as the noise asks for."""
    shares, test = blocks(survey.samples), test_samples(survey.samples)
    clean, *noisy = survey.columns
    season, sure = survey.season(shares[0])
    said = [f"season of {season} samples (autocorrelation {sure:.2f})" if season > 1 else "no season"]
    usual = clipped(2 * season if season > 1 else 64, 32, 256)
    enough = test // ENOUGH if test // ENOUGH >= 16 else test // (HANDFUL + 1)
    window = choices.window or clipped(min(usual, enough), 8, 256)
    snr = SNR_DB if choices.snr_db is None else choices.snr_db
    entry = recording("", survey, [clean]) | {
        "window": window,
        "hop": hop(survey.samples, window, WINDOWS),
        "blocks": shares,
        **({"noisy_columns": noisy} if noisy else {"snr_db": snr}),
    }
    said.append(
        f"windows of {window}, " + (f"noisy column {noisy[0]!r}" if noisy else f"noise added at {snr:g} dB")
    )
    source = "training/stored" if noisy else "denoise/renoised"
    recipes = {
        "recurrent-own": {
            "training": {"loss": "l1", "batch": 32, "learning_rate": 0.02, "validate_every": 50},
            "smoke": {"steps": 20}, "laptop": {}, "paper": {"steps": 2000},
        },
        "unrolled-experts-own": {
            "training": {
                "loss": "l1", "batch": 64, "learning_rate": 0.005, "average": 0.98, "validate_every": 40,
            },
            "smoke": {"steps": 20}, "laptop": {"steps": 2400}, "paper": {"steps": 3000},
        },
    }  # fmt: skip
    models = {
        "bidirectional-gru": {
            "arch": "recurrent", "source": source, "recipe": "recurrent-own",
            "hyperparameters": {
                "cell": "gru", "hidden": 30, "bidirectional": True, "output": "linear", "centre": True,
            },
            "laptop": {"steps": clipped(RECURRENT / window, 250, 1000)},
        },
        "unrolled-experts": {
            "arch": "unrolled_experts", "source": source, "recipe": "unrolled-experts-own",
            "hyperparameters": {
                "stages": 3, "experts": 8, "rank": 4, "coefficients": min(16, window), "threshold": 0.3,
                "centre": True,
            },
        },
    }  # fmt: skip
    power = None if noisy else 10 ** (-snr / 10)
    fewer = f"--window {max(1, test // HANDFUL)} or less, or a longer recording"
    return Proposal(entry, recipes, models, _baselines(window, season, power), said, fewer)


def _baselines(window: int, season: int, power: float | None) -> dict[str, Any]:
    """Classical methods, for noise of a known variance or of none, the signal's being 1."""
    near = clipped(season // 4 if season > 1 else 9, 3, min(31, window)) // 2 * 2 + 1
    near = min(near, (window - 1) // 2 * 2 + 1)
    level = clipped(math.log2(window) - 2, 1, 4)
    known = "spectral" if power is None else round(power, 6)
    size = "estimated" if power is None else round(math.sqrt(power), 6)
    result: dict[str, Any] = {
        "raw": {},
        "wiener": {"options": {"window": near, "noise_power": known}},
        "savitzky-golay": {"options": {"window": near, "degree": min(2, near - 1)}},
        "whittaker": {},
        "wavelet": {
            "options": {
                "wavelet": "sym8", "level": level, "factor": 0.7, "shifts": 8, "noise": size,
                "threshold": "universal", "mode": "soft",
            }
        },
        "ridge": {"options": {"noise": "sampled"}},
        "kernel-ridge": {"options": {"penalty": 0.5, "gamma": 5, "centred": True}},
    }  # fmt: skip
    if 1 < season <= window:
        result["harmonic-regression"] = {
            "method": "least_squares_sine",
            "options": {"period": season, "harmonics": clipped(season // 4, 1, 4), "trend": 0},
        }
    return result


SETUP = Setup(("column", "clean", "window", "snr_db"), ("clean", "window", "snr_db"), columns, propose)
