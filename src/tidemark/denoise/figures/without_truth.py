"""How this task is shown where only the noisy recording is known, and what is to be said of the noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tidemark.denoise.figures.view import VIEW as WITH_TRUTH
from tidemark.report.figures.numbers import number
from tidemark.report.figures.results import Results
from tidemark.report.figures.view import Metric

VIEW = replace(
    WITH_TRUTH,
    lead=(
        "Only the noisy signal is known. One in eight samples is hidden, and estimated from the others; the "
        "error that ranks is the mean squared difference from their noisy values. Less the variance of the "
        "noise, where that can be estimated, it is an estimate of the error to the truth, which nobody knows."
    ),
    metrics=(
        Metric("held_out_mse", "held-out MSE, without truth"),
        Metric("excess_mse", "less noise, without truth"),
    ),
    error="held-out squared error",
    by_set="held_out_mse",
    squared=True,
    key="Dots are the noisy signal, the broad line is the estimate; one dot in eight was hidden from it.",
    moving="dots: noisy",
    labels=("noisy", "hidden", "estimate"),
    by_position=("Error by position", "of hidden samples at each place in the signal"),
)


def notes(results: Results) -> Iterator[str]:
    """What scores without truth mean here: how strong the noise is, and a warning where it is not white."""
    noise, info = results.info.noise, results.info
    if not info.without_truth:
        return
    yield (
        "Scores are without truth: how well hidden samples of the noisy recording are predicted, which ranks "
        "as the error to the truth does if the noise of one sample says nothing of another's."
    )
    strong = ""
    if noise["white"]:
        sizes = (number(std * scale, 3) for std, scale in zip(noise["std"], info.std, strict=True))
        strong = f" Its standard deviation is {', '.join(sizes)}{f' {info.units}' * bool(info.units)}."
    yield sentence(noise) + strong


def sentence(noise: Mapping[str, Any]) -> str:
    """What was found out, as a dataset's description says it: that noise is white, or a warning."""
    if noise["white"]:
        return "The noise looks white."
    if not noise["lag"]:
        return (
            "WARNING: too few samples without gaps to test whether the noise is white; if it is not, scores "
            "without truth do not hold."
        )
    return (
        "WARNING: the noise is not white, or the signal itself changes from sample to sample: at lag "
        f"{noise['lag']} the autocorrelation of residuals is {noise['excess']:+.2f} off that of white noise "
        f"(±{noise['bound']:.2f} may be chance, or does little harm). What follows the noise then ranks too "
        "high, networks learn to follow it, and its variance is not subtracted: do not rely on this ranking."
    )
