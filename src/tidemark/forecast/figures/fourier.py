"""Figures on the discrete Fourier transform (DFT): what it tells of a window, and of the time after it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tidemark.core.store import Array
from tidemark.forecast.figures import leakage
from tidemark.report.figures.colours import INK, MUTED
from tidemark.report.figures.examples import lookback
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import logarithmic

RECTANGULAR = "#d55e00"
HAMMING = "#0072b2"
MARKED = 5
"""Amplitudes marked as the largest."""
SAMPLES = 100
"""In the example's window."""
SHOWN = 60
"""Samples of a window shown before its continuation."""
BINS = 0.13
"""Highest frequency shown around the leaking sine's."""


EXPLAINED = "dft-hamming"
"""The baseline beside which these figures stand: they show why it does no better."""


def draw(results: Results) -> Iterator[Picture]:
    """The pictures, of a dataset with the baseline that they explain."""
    if EXPLAINED not in {each.label for each in results.predictors}:
        return
    yield Picture(
        "fourier",
        spectra(),
        "What a Fourier transform sees",
        "a sum of four sines in a window of 100 samples, and its amplitudes, the largest ones marked. "
        "Triangles are the sines' true frequencies and periods: those that do not divide the window lie "
        "between two places of the transform, and leak into many.",
        "wide",
    )
    yield Picture(
        "leakage",
        leaking(),
        "Leakage: a sine of period 20 in windows of 100 and 110 samples",
        "the transform goes on by repeating its window (orange): right only if that holds whole periods. "
        "Hamming's window (blue) narrows what leaks far away, not the peak itself, and does not help the "
        "continuation: the tapered window is repeated. The thin line is the sine.",
        "wide",
    )


def spectra() -> Figure:
    """A window of a sum of sines, its amplitudes over log frequency and over period, the largest marked."""
    time = np.arange(SAMPLES)
    signal = leakage.example(time)
    spectrum = leakage.spectrum(signal)
    largest = spectrum.largest(MARKED)
    frequency, amplitude = spectrum.frequency[1:], spectrum.amplitude[1:]
    result = Figure(figsize=(10, 3.1))
    axes = _axes(result, 0.55, 0.5, 2.5, 2.2)
    axes.plot(time, signal, color=INK, linewidth=1.0, marker="o", markersize=2)
    axes.set_title("signal", pad=8)
    axes.set_xlabel("sample")
    axes.margins(x=0.02)
    over_frequency = _axes(result, 3.65, 0.5, 2.85, 2.2)
    over_period = _axes(result, 7.0, 0.5, 2.85, 2.2)
    true = np.array([period for period, _, _ in leakage.COMPONENTS])
    for axes, place, own, marks, title in [
        (over_frequency, frequency, spectrum.frequency[largest], 1 / true, "amplitude over frequency"),
        (over_period, 1 / frequency, 1 / spectrum.frequency[largest], true, "amplitude over period"),
    ]:
        _stems(axes, place, amplitude, MUTED, 0.9, 2.5)
        _stems(axes, own, spectrum.amplitude[largest], RECTANGULAR, 1.6, 5)
        for x, y in zip(own, spectrum.amplitude[largest], strict=True):
            axes.annotate(f"{x:.3g}", (x, y), (0, 5), textcoords="offset points", ha="center", fontsize=8,
                          color=RECTANGULAR)  # fmt: skip
        axes.plot(marks, np.full(len(marks), 1.0), transform=axes.get_xaxis_transform(), linestyle="none",
                  marker="v", markersize=5, color=INK, clip_on=False)  # fmt: skip
        axes.set_title(title, pad=8)
        axes.set_ylim(0, 1.22 * float(amplitude.max()))
    over_frequency.set_xlim(0.008, 0.5)
    logarithmic(over_frequency, "x")
    over_frequency.set_xlabel("frequency (cycles a sample)")
    over_period.set_xlim(-3, 104)
    over_period.set_xlabel("period (samples)")
    return result


def leaking() -> Figure:
    """A sine in a window of whole periods and in one of another length: continuation and amplitudes."""
    result = Figure(figsize=(10, 4.6))
    for column, samples in enumerate(leakage.WINDOWS):
        time = np.arange(samples + leakage.AHEAD)
        window = leakage.sine(time[:samples])
        plain = leakage.spectrum(window)
        tapered = leakage.spectrum(window, leakage.hamming(samples))
        left = 0.55 + column * 4.85
        _continued(_axes(result, left, 2.7, 4.45, 1.5), time, samples, plain, tapered)
        axes = _axes(result, left, 0.5, 4.45, 1.45)
        axes.axvline(1 / leakage.PERIOD, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
        for each, colour, shift in [(plain, RECTANGULAR, -1), (tapered, HAMMING, 1)]:
            near = each.frequency <= BINS
            _stems(axes, each.frequency[near] + 0.0007 * shift, each.amplitude[near], colour, 1.6, 4)
        axes.set_ylim(0, 1.1)
        axes.set_xlim(-0.003, BINS)
        axes.set_xlabel("frequency (cycles a sample)")
        if column == 0:
            axes.set_ylabel("amplitude")
            key = {"rectangular window": RECTANGULAR, "Hamming window": HAMMING, "the sine itself": INK}
            for line, (text, colour) in enumerate(key.items()):
                axes.text(0.99, 0.95 - 0.13 * line, text, transform=axes.transAxes, ha="right", va="top",
                          fontsize=8, color=colour)  # fmt: skip
    return result


def _continued(
    axes: Axes, time: Array, samples: int, plain: leakage.Spectrum, tapered: leakage.Spectrum
) -> None:
    """The end of a window, and how both transforms go on after it."""
    shown = time >= samples - SHOWN
    truth = leakage.sine(time[shown])
    axes.set_ylim(-1.35, 1.35)
    axes.set_xlim(samples - SHOWN, time[-1])
    lookback(axes, time[shown], SHOWN, -1.35, 2.7)
    after = time >= samples - 1
    axes.plot(time[after], plain.at(time[after]), color=RECTANGULAR, linewidth=2.4)
    axes.plot(time[shown], tapered.at(time[shown]), color=HAMMING, linewidth=1.4)
    axes.plot(time[shown], truth, color=INK, linewidth=0.8)
    ahead = time[samples:]
    error = float(np.mean(np.square(plain.at(ahead) - leakage.sine(ahead))))
    whole = samples % leakage.PERIOD == 0
    axes.set_title(
        f"window of {samples} samples, {samples / leakage.PERIOD:g} periods: "
        + ("the continuation is perfect" if whole else f"wrong, MSE {error:.2f}"),
        pad=6,
    )
    axes.set_xlabel("sample")


def _stems(axes: Axes, place: Array, height: Array, colour: str, width: float, size: float) -> None:
    axes.vlines(place, 0, height, color=colour, linewidth=width)
    axes.plot(place, height, linestyle="none", marker="o", markersize=size, color=colour)


def _axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes of a size and at a place in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))
