"""The discrete Fourier transform (DFT) of a dataset's own signals, carried on beyond their pasts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core import gaps
from tidemark.core.store import Array
from tidemark.forecast.figures import leakage
from tidemark.report.figures.colours import INK, MUTED
from tidemark.report.figures.examples import lookback
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import TEST, Results
from tidemark.report.figures.signals import Example, examples

RECTANGULAR = "#d55e00"
HAMMING = "#0072b2"
LABELS = ("dft", "dft-hamming")
"""The baselines beside which the figure stands."""
SIGNALS = 3
SHOWN = 60
"""Samples of the past that are shown."""


def draw(results: Results) -> Iterator[Picture]:
    """The transform's forecasts of the first test signals, of a dataset that has it as a baseline."""
    found = next((each for each in results.predictors if each.label in LABELS), None)
    signals = examples(results).get(found.name, []) if found is not None else []
    chosen = [each for each in signals if each.test == TEST and each.start][:SIGNALS]
    if chosen:
        yield Picture(
            "continuation",
            continued(chosen),
            "The Fourier transform's forecast of test signals",
            "on the left the end of the past, shaded, and how its transform goes on, plain (orange) and "
            "under Hamming's window (blue), as far as the signal is known: the thin line with dots. On the "
            "right the amplitudes that it is made of.",
            "wide",
        )


def continued(signals: list[Example]) -> Figure:
    """A row for each signal: its past with both continuations, and both sets of amplitudes."""
    height = 0.35 + 1.65 * len(signals)
    result = Figure(figsize=(10, height))
    for row, example in enumerate(signals):
        bottom = height - 1.65 * (row + 1) + 0.2
        left = result.add_axes((0.055, bottom / height, 0.555, 1.1 / height))
        right = result.add_axes((0.665, bottom / height, 0.32, 1.1 / height))
        past, future = gaps.fill(example.input[: example.start]), example.target[example.start :]
        plain = leakage.spectrum(past)
        tapered = leakage.spectrum(past, leakage.hamming(len(past)))
        _forecasts(left, past, future, {RECTANGULAR: plain, HAMMING: tapered})
        for each, colour, shift in [(plain, RECTANGULAR, -0.001), (tapered, HAMMING, 0.001)]:
            right.vlines(each.frequency + shift, 0, each.amplitude, color=colour, linewidth=1.2)
        right.set_ylim(0, None)
        right.set_xlim(-0.005, 0.505)
        if row == 0:
            right.set_title("amplitude over frequency (cycles a sample)", pad=6)
    left.set_xlabel("sample")
    return result


def _forecasts(axes: Axes, past: Array, future: Array, spectra: dict[str, leakage.Spectrum]) -> None:
    """The end of a past, what came, and each transform's continuation; errors as the title."""
    time = np.arange(len(past) + len(future))
    shown, ahead = time >= len(past) - SHOWN, time[len(past) :]
    values = np.concatenate([past, future])
    estimates = {colour: each.at(ahead) for colour, each in spectra.items()}
    everything = np.concatenate([values[shown], *estimates.values()])
    low, high = float(np.nanmin(everything)), float(np.nanmax(everything))
    margin = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
    lookback(axes, time[shown], min(SHOWN, len(past)), low - margin, high - low + 2 * margin)
    axes.plot(time[shown], values[shown], color=MUTED, linewidth=0.8)
    for colour, estimate in estimates.items():
        axes.plot(ahead, estimate, color=colour, linewidth=2.0)
    axes.plot(ahead, future, color=INK, linewidth=0.8, marker="o", markersize=2)
    plain, tapered = (float(np.nanmean(np.square(each - future))) for each in estimates.values())
    axes.set_title(f"MSE {number(plain)}, under Hamming's window {number(tapered)}", pad=6)
    axes.margins(x=0.02)
