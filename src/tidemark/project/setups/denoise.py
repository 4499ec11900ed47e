"""Denoising a recording of one's own: noisy alone, with a clean partner, or clean and given noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.denoise.figures.without_truth import sentence
from tidemark.denoise.windows import DenoiseRecording, windowed
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
from tidemark.tuning.proposed import tuned

SNR_DB = 10.0
"""Noise that is added to a clean recording."""
RECURRENT = 64_000
"""Steps of half a minute of training, times the window."""
WINDOWS = 2500
"""Training windows: kernel methods take no more."""

GRIDS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "wiener": {"window": [3, 5, 9, 17, 31]},
    "savitzky-golay": {"window": [5, 7, 11, 15, 21, 31, 45, 61], "degree": [1, 2, 3, 4]},
    "whittaker": {"order": [1, 2, 3], "penalty": ["cross-validated", *(10.0**power for power in range(7))]},
    "wavelet": {"level": [2, 3, 4, 5], "factor": [0.4, 0.7, 1.0], "threshold": ["universal", "bayes"]},
    "harmonic-regression": {"harmonics": [1, 2, 3, 4], "trend": [0, 1]},
}
"""Options to choose from without truth, beside what is proposed."""


def columns(choices: Choices) -> Sequence[str]:
    """The clean column, then the noisy one where there is one; without a clean one, the noisy ones."""
    if choices.clean is None:
        if choices.snr_db is not None:
            raise InputError(
                "--snr-db: noise is added to a clean column; name it with --clean, or leave --snr-db out if "
                "the column is noisy already"
            )
        return choices.column
    if [*choices.column] == [choices.clean]:
        raise InputError(
            f"--column {choices.clean}: is the clean column too; name its noisy partner, or leave out "
            "--clean if nobody knows the clean signal"
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
    alone = choices.clean is None
    clean, noisy = ([], []) if alone else ([survey.columns[0]], list(survey.columns[1:]))
    season, sure = survey.season(shares[0])
    said = [f"season of {season} samples (autocorrelation {sure:.2f})" if season > 1 else "no season"]
    usual = clipped(2 * season if season > 1 else 64, 32, 256)
    enough = test // ENOUGH if test // ENOUGH >= 16 else test // (HANDFUL + 1)
    window = choices.window or clipped(min(usual, enough), 8, 256)
    snr = SNR_DB if choices.snr_db is None else choices.snr_db
    entry = recording("", survey, clean or survey.columns) | {
        "window": window,
        "hop": hop(survey.samples, window, WINDOWS),
        "blocks": shares,
        **({"reference": "none"} if alone else {"noisy_columns": noisy} if noisy else {"snr_db": snr}),
    }
    given = f"noisy column {noisy[0]!r}" if noisy else f"noise added at {snr:g} dB"
    if alone:
        given = (
            "no clean column (--clean): networks learn, and all are scored, without truth, by samples that "
            "are hidden from them (reference: none)"
        )
    said.append(f"windows of {window}, {given}")
    source = "denoise/blind_spot" if alone else "training/stored" if noisy else "denoise/renoised"
    # Only of the squared error is the best answer to a noisy target the mean of the clean one.
    kind, loss = ("-blind", "mse") if alone else ("", "l1")
    recipes = {
        f"recurrent{kind}-own": {
            "training": {"loss": loss, "batch": 32, "learning_rate": 0.02, "validate_every": 50},
            "smoke": {"steps": 20}, "laptop": {}, "paper": {"steps": 2000},
        },
        f"unrolled-experts{kind}-own": {
            "training": {
                "loss": loss, "batch": 64, "learning_rate": 0.005, "average": 0.98, "validate_every": 40,
            },
            "smoke": {"steps": 20}, "laptop": {"steps": 2400}, "paper": {"steps": 3000},
        },
    }  # fmt: skip
    models = {
        "bidirectional-gru": {
            "arch": "recurrent", "source": source, "recipe": f"recurrent{kind}-own",
            "hyperparameters": {
                "cell": "gru", "hidden": 30, "bidirectional": True, "output": "linear", "centre": True,
            },
            "laptop": {"steps": clipped(RECURRENT / window, 250, 1000)},
        },
        "unrolled-experts": {
            "arch": "unrolled_experts", "source": source, "recipe": f"unrolled-experts{kind}-own",
            "hyperparameters": {
                "stages": 3, "experts": 8, "rank": 4, "coefficients": min(16, window), "threshold": 0.3,
                "centre": True,
            },
        },
    }  # fmt: skip
    power = None if noisy or alone else 10 ** (-snr / 10)
    fewer = f"--window {max(1, test // HANDFUL)} or less, or a longer recording"
    baselines = _baselines(window, season, power)
    if alone:
        baselines, found = _tuned(survey, entry, baselines)
        said.append(found if found.startswith("WARNING") else found[0].lower() + found[1:].removesuffix("."))
    return Proposal(entry, recipes, models, baselines, said, fewer)


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


def _tuned(
    survey: Survey, entry: Mapping[str, Any], baselines: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Those that need no clean signals, by errors on hidden samples; and what is to be said of the noise.

    A recording that is too short is left to what counts its windows.
    """
    alone = params.validate(DenoiseRecording, {**entry, "file": "-"}, "recording")
    try:
        info, splits = windowed("", {"clean": survey.values}, alone, survey.rate, "recording")
    except InputError:
        return dict(baselines), "too short"
    return tuned(info, splits["validation"], baselines, GRIDS), sentence(info.noise)


SETUP = Setup(("column", "clean", "window", "snr_db"), ("clean", "window", "snr_db"), columns, propose)
