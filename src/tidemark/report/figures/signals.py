"""What predictors made of a few signals: of test signals, and of a validation signal in training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.report.figures.reading import array
from tidemark.report.figures.results import Results

FILE = "examples.csv"
SAMPLES = 128
"""Samples shown of a signal, from its beginning; of a forecast, half as many at most …"""
CONTEXT = 4
LEAST_CONTEXT = 20
"""… and of the input before it so many times as many, but at least 20."""


@dataclass(frozen=True)
class Example:
    """One test signal and what one predictor made of it; each array (length,), NaN where there is nothing."""

    position: Array
    input: Array
    target: Array
    prediction: Array
    test: str = "test"
    """The test set that it is of …"""
    number: int = 0
    """… and its place there, from 0."""

    @property
    def start(self) -> int:
        """Samples of input before the prediction begins: 0 unless it is of what follows."""
        return _start(self.prediction)

    def shown(self) -> Example:
        """The part that figures show."""
        part = _part(self.prediction)
        position, known, target = (each[part] for each in (self.position, self.input, self.target))
        return Example(position, known, target, self.prediction[part], self.test, self.number)


@dataclass(frozen=True)
class Learned:
    """One signal's prediction while a model is trained; NaN where there is nothing."""

    step: Array
    """(frames,)"""
    prediction: Array
    """(frames, length)"""
    input: Array
    """(length,)"""
    target: Array
    """(length,)"""

    @property
    def start(self) -> int:
        """Samples of input before the prediction begins: 0 unless it is of what follows."""
        return _start(self.prediction)

    def shown(self) -> Learned:
        """The part that figures show."""
        part = _part(self.prediction)
        return Learned(self.step, self.prediction[:, part], self.input[part], self.target[part])


def _start(prediction: Array) -> int:
    """First place of (…, length) with a prediction; 0 if there is none at all."""
    present = np.isfinite(prediction).reshape(-1, prediction.shape[-1]).any(axis=0)
    return int(np.argmax(present)) if present.any() else 0


def _part(prediction: Array) -> slice:
    """The beginning of a signal; or the end of the input and the beginning of what follows."""
    start = _start(prediction)
    if start == 0:
        return slice(0, SAMPLES)
    horizon = min(prediction.shape[-1] - start, SAMPLES // 2)
    return slice(max(0, start - max(CONTEXT * horizon, LEAST_CONTEXT)), start + horizon)


def examples(results: Results) -> dict[str, list[Example]]:
    """By predictor: signals by test set, in the file's order."""
    names = ["position", *results.view.arrays, "estimate"]
    tables = results.details(FILE, {"test": str, "signal": int, **dict.fromkeys(names, float)})
    result: dict[str, list[Example]] = {}
    for predictor, table in tables.items():
        result[predictor] = []
        for test, of_test in table.groupby("test", sort=False):
            ordered = of_test.sort_values("position", kind="stable")
            for _, signal in ordered.groupby("signal", sort=False):
                position, known, target, prediction = signal[names].to_numpy().T
                result[predictor].append(
                    Example(position, known, target, prediction, str(test), int(signal["signal"].iloc[0]))
                )
    return result


def learned(folder: Path, arrays: tuple[str, str], *, follows: bool) -> Learned | None:
    """The snapshots in `folder` of a signal with the `arrays` input and target; none if none were taken.

    Where the target `follows` the input, both get their places in one signal. Raises `InputError` for arrays
    that cannot be read or do not fit.
    """
    paths = [folder / f"{name}.npy" for name in ("step", "estimate", *arrays)]
    if not all(path.is_file() for path in paths):
        return None
    step, prediction, inputs, target = map(array, paths)
    frames = (len(step), target.size)
    if prediction.shape != frames or (not follows and target.shape != inputs.shape):
        raise InputError(
            f"{folder}/estimate.npy: shape {prediction.shape}; expected {frames} (frames, length)"
        )
    if follows:
        before, after = (inputs.size, 0), (0, target.size)
        inputs, target = (
            np.pad(a, w, constant_values=np.nan) for a, w in [(inputs, after), (target, before)]
        )
        prediction = np.pad(prediction, [(0, 0), before], constant_values=np.nan)
    return Learned(step, prediction, inputs, target) if len(step) else None
