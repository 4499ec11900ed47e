"""Infer, scored: errors, likelihoods and intervals of inferred values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from tidemark.core import gaps
from tidemark.core.scoring import Scoring
from tidemark.core.store import Array, Split
from tidemark.evaluation.predictions import collect
from tidemark.evaluation.tables import examples, position, reliability
from tidemark.infer import steps
from tidemark.infer.learning import BATCH, INPUT, PATHS, ROWS, TARGET, InferNetwork, standard_normal

HEADLINE = "crps"
BETTER = {
    "crps": "lower",
    "nll": "lower_log",
    "joint_nll": "lower_log",
    "mse": "lower",
    "sequential_mse": "lower",
    "fed_back_mse": "lower",
    "first_mse": "lower",
    "r2_first": "higher",
    "r2_second": "higher",
    "coverage_50": "nominal",
    "coverage_80": "nominal",
    "coverage_95": "nominal",
    "step": "nominal",
    "step_rms": "lower",
    "offset": "nominal",
    "offset_rms": "lower",
    "fed_back_offset_rms": "lower",
    "step_to_partner": "nominal",
    "offset_to_partner": "nominal",
}

FIRST = 5
"""Asked points right after the given ones."""
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Central intervals of a reliability diagram."""


def predict(network: InferNetwork, device: torch.device, split: Split) -> Array:
    """Everything that a trained network says of a split: (signals, rows, points), float32."""
    context, target = (torch.from_numpy(np.array(split[name])) for name in (INPUT, TARGET))
    noise = standard_normal(len(context), context.shape[-1]).float()
    noise = torch.cat([torch.zeros_like(noise[:, :1]), noise], 1)  # a path without noise feeds back means
    parts = []
    with torch.inference_mode():
        for part in zip(*(torch.split(each, BATCH) for each in (context, target, noise)), strict=True):
            known, targets, drawn = (each.to(device) for each in part)
            rows = [network(known), network.sequential(known, targets), network.paths(known, drawn)]
            parts.append(torch.cat(rows, 1).float().cpu())
    return np.asarray(torch.cat(parts).numpy())


def sums(estimate: Array, split: Split) -> dict[str, tuple[Array, Array]]:
    """Per-signal sums (numerator, denominator), each (signals,), that `metric` turns into scores.

    `estimate` is (signals, rows, points). crps: continuous ranked probability score of a normal law (Gneiting
    and Raftery, "Strictly proper scoring rules", Journal of the American Statistical Association 102, 2007);
    nll: nats a value; r2: of `sequential_mean`, by member; coverage: share of values in central intervals;
    first_mse: that at the first few targets; step and offset: see `steps`. A score is left out where there is
    no such member, or no such point.
    """
    target = np.asarray(split[TARGET], dtype=np.float64)[:, 0]
    estimate = np.asarray(estimate, dtype=np.float64)
    mean, std, sequential, sequential_std, fed_back = (estimate[:, row] for row in range(len(ROWS)))
    error, present = gaps.error(mean, target)
    count = present.sum(1).astype(np.float64)
    squared, sequential_squared, fed_back_squared = (
        np.square(gaps.error(each, target)[0]) for each in (mean, sequential, fed_back)
    )
    result = {
        "crps": (np.where(present, crps(error, std), 0.0).sum(1), count),
        "nll": (_nll(squared, std, present), count),
        "joint_nll": (_nll(sequential_squared, sequential_std, present), count),
        "mse": (squared.sum(1), count),
        "sequential_mse": (sequential_squared.sum(1), count),
        "fed_back_mse": (fed_back_squared.sum(1), count),
    }
    for number, name in enumerate(("r2_first", "r2_second")):
        own = present & (split[INPUT][:, 1] == number)
        if own.any():
            spread = np.square(np.where(own, target - target[own].mean(), 0.0)).sum(1)
            result[name] = ((sequential_squared * own).sum(1), spread)
    for level in (0.5, 0.8, 0.95):
        within = _covered(error, std, present, level).sum(1).astype(np.float64)
        result[f"coverage_{level * 100:.0f}"] = (within, count)
    first = present & (np.cumsum(_asked(split), 1) <= FIRST)
    result["first_mse"] = (squared * first).sum(1), first.sum(1).astype(np.float64)
    result |= steps.sums(mean, split)
    fed_back_sums = steps.sums(fed_back, split)
    result |= {f"fed_back_{name}": fed_back_sums[name] for name in ("offset_rms",) if name in fed_back_sums}
    return result


def metric(name: str, numerator: Array, denominator: Array) -> Array:
    """A score from sums over signals: their ratio; for R², 1 less that, for a root mean square its root."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may lack a member
        ratio = np.asarray(numerator / denominator)
    if name.endswith("_rms"):
        return np.asarray(np.sqrt(ratio))
    return 1 - ratio if name.startswith("r2") else ratio


def crps(error: Array, std: Array) -> Array:
    """Continuous ranked probability score of normal laws, from their mean's error; any shape."""
    from scipy.special import erf

    z = error / std
    density = np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi)
    return np.asarray(std * (z * erf(z / math.sqrt(2)) + 2 * density - 1 / math.sqrt(math.pi)))


def error_by_position(estimate: Array, split: Split) -> Array:
    """Mean headline error at each asked place, from the first one on, NaN if unknown: (asked,)."""
    target = _asked(split)
    most = int(target.sum(1).max())
    error, present = gaps.error(estimate[:, 0], np.asarray(split[TARGET], dtype=np.float64)[:, 0])
    score = np.where(present, crps(error, np.asarray(estimate[:, 1], dtype=np.float64)), 0.0)
    place = np.where(target, np.cumsum(target, 1) - 1, most)
    total = np.bincount(place.ravel(), (score * present).ravel(), most + 1)[:most]
    with np.errstate(invalid="ignore"):
        return np.asarray(total / np.bincount(place.ravel(), present.ravel(), most + 1)[:most])


def coverage(estimate: Array, split: Split) -> Iterator[tuple[float, Array, Array]]:
    """Of central intervals of several levels: the level, and per signal the values inside and in all."""
    target = np.asarray(split[TARGET], dtype=np.float64)[:, 0]
    error, present = gaps.error(estimate[:, 0], target)
    count = present.sum(1).astype(np.float64)
    for level in LEVELS:
        yield level, _covered(error, estimate[:, 1], present, level).sum(1).astype(np.float64), count


EXAMPLE = ("x", "member", INPUT, TARGET, "mean", "std", *(f"path_{n}" for n in range(1, PATHS + 1)))


def example(estimate: Array, split: Split, signal: int) -> Iterator[tuple[float, ...]]:
    """One signal, point by point, as `EXAMPLE` names it; NaN where there is nothing."""
    position, member, value = np.asarray(split[INPUT][signal], dtype=np.float64)
    rows = estimate[signal, [0, 1, *range(len(ROWS), len(ROWS) + PATHS)]]
    shown = np.where(np.isnan(value), rows, np.nan)
    yield from zip(
        *(each.tolist() for each in (position, member, value, split[TARGET][signal, 0], *shown)), strict=True
    )


def estimate_shape(split: Split) -> tuple[int, ...]:
    """The shape that an estimate must have."""
    return len(split[TARGET]), len(ROWS) + PATHS, split[TARGET].shape[-1]


def _asked(split: Split) -> Array:
    return np.asarray(np.isnan(split[INPUT][:, 2]))


def _nll(squared: Array, std: Array, present: Array) -> Array:
    """Negative log-likelihood of normal laws summed over the present points, (signals,), in nats."""
    each = 0.5 * (squared / np.square(std) + math.log(2 * math.pi)) + np.log(std)
    return np.asarray(np.where(present, each, 0.0).sum(1))


def _covered(error: Array, std: Array, present: Array, level: float) -> Array:
    from scipy.special import erfinv

    inside: Array = present & (np.abs(error) <= math.sqrt(2) * erfinv(level) * std)
    return inside


SCORING = Scoring(
    headline=HEADLINE,
    better=BETTER,
    sums=sums,
    metric=metric,
    predict=predict,  # type: ignore[arg-type]  # networks of this task are InferNetworks
    collect=collect(estimate_shape),
    tables={
        "position.csv": position(HEADLINE, error_by_position),
        "examples.csv": examples(EXAMPLE, example),
        "reliability.csv": reliability(coverage),
    },
)
