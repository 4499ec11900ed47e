"""What predictors made of a few signals: test signals, and one validation signal while they learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.figures import cells
from tidemark.figures.tables import ordered
from tidemark.figures.views import View

ATTENTIONS = ("temporal", "spectral")
"""Where a model may look: along the signal, along its spectrum."""
SAMPLES = 128
"""Samples shown of a signal, from its beginning; of a forecast, half as many at most …"""
CONTEXT = 4
LEAST_CONTEXT = 20
"""… and of what is given before it so many times as many, but at least 20."""


@dataclass(frozen=True)
class Example:
    """One test signal and what one predictor made of it; each array (length,), NaN where there is nothing."""

    position: Array
    given: Array
    target: Array
    estimate: Array
    test: str = "test"
    """The test set that it is of."""

    @property
    def start(self) -> int:
        """Samples given before the estimate begins: 0 unless it is of what follows."""
        return _start(self.estimate)

    def shown(self) -> Example:
        """The part that figures show."""
        part = _part(self.estimate)
        return Example(
            self.position[part], self.given[part], self.target[part], self.estimate[part], self.test
        )


@dataclass(frozen=True)
class Learning:
    """One signal's estimate while a model trains; NaN where there is nothing."""

    step: Array
    """(frames,)"""
    estimate: Array
    """(frames, length)"""
    given: Array
    """(length,)"""
    target: Array
    """(length,)"""
    attention: Mapping[str, Array] = field(default_factory=dict)
    """`temporal`, `spectral` → (length, length): row t says where output t looks, and sums to 1."""

    @property
    def start(self) -> int:
        """Samples given before the estimate begins: 0 unless it is of what follows."""
        return _start(self.estimate)

    def shown(self) -> Learning:
        """The part that figures show, without attention."""
        part = _part(self.estimate)
        return Learning(self.step, self.estimate[:, part], self.given[part], self.target[part])


def _start(estimate: Array) -> int:
    """First place of (…, length) with an estimate; 0 if there is none at all."""
    present = np.isfinite(estimate).reshape(-1, estimate.shape[-1]).any(axis=0)
    return int(np.argmax(present)) if present.any() else 0


def _part(estimate: Array) -> slice:
    """The beginning of a signal; or the end of what is given and the beginning of what follows."""
    start = _start(estimate)
    if start == 0:
        return slice(0, SAMPLES)
    horizon = min(estimate.shape[-1] - start, SAMPLES // 2)
    return slice(max(0, start - max(CONTEXT * horizon, LEAST_CONTEXT)), start + horizon)


def examples(path: Path, view: View) -> list[Example]:
    """Signals of a predictor's `examples.csv`: by test set in the file's order; none if no file.

    Within a test set they are in the order of their numbers.
    """
    if not path.exists():
        return []
    names = ["position", view.given, view.target, "estimate"]
    table = cells.read(path, ["test", "signal"], names)
    tests = list(dict.fromkeys(table.text["test"]))
    signals = table.groups("test", "signal")
    try:
        keys = sorted(signals, key=lambda key: (tests.index(key[0]), int(key[1])))
    except ValueError as error:
        raise InputError(f"{path}, column signal: {error}; expected whole numbers") from None
    found = []
    for key in keys:
        position, given, target, estimate = ordered(table, signals[key], *names)
        found.append(Example(position, given, target, estimate, key[0]))
    return found


def learning(folder: Path, view: View) -> Learning | None:
    """What `plots/learning/<model>/` holds, or none if no frames were kept.

    Estimates of what follows the given samples get their place after them.
    """
    names = ("step", "estimate", view.given, view.target)
    if not all((folder / f"{name}.npy").is_file() for name in names):
        return None
    step, estimate, given, target = (array(folder / f"{name}.npy") for name in names)
    frames = (len(step), target.size)
    if estimate.shape != frames or (not view.ahead and target.shape != given.shape):
        raise InputError(f"{folder}/estimate.npy: shape {estimate.shape}; expected {frames} (frames, length)")
    attention = {}
    for name in ATTENTIONS:
        path = folder / f"attention_{name}.npy"
        if path.is_file():
            attention[name] = array(path)
            square = (given.size, given.size)
            if attention[name].shape != square:
                raise InputError(f"{path}: shape {attention[name].shape}; expected {square} (length, length)")
    if view.ahead:
        before, after = (given.size, 0), (0, target.size)
        given, target = (np.pad(a, w, constant_values=np.nan) for a, w in [(given, after), (target, before)])
        estimate = np.pad(estimate, [(0, 0), before], constant_values=np.nan)
    return Learning(step, estimate, given, target, attention) if len(step) else None


def array(path: Path) -> Array:
    """An array as it was stored; raises `InputError` for a file that does not hold one."""
    try:
        found: Array = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise InputError(f"{path}: no readable NPY array ({error}); run `dvc repro` again") from None
    return found
