"""Missing values of columns in recorded units: each inferred from itself, or all from one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo
from tidemark.infer.points import from_points, scale_of_context, to_points
from tidemark.infer.prediction.central import Central

Infer = Callable[[Array], Array]
"""From contexts (count, 3, points), see `to_points`, to means and standard deviations (count, 2, points)."""


@dataclass(frozen=True)
class Inferring:
    """What is written of missing values: means, or standard deviations, and half widths of intervals."""

    infer: Infer
    file_name: str
    """What messages call the recording."""
    std: bool = False
    """Whether standard deviations take the place of means."""
    half: float | None = None
    """Half width of intervals in standard deviations; none writes none."""

    def columns(self, info: DatasetInfo, channels: int, prompt: bool = False) -> Columns:
        """An estimator of so many columns; `prompt` gives values as soon as they are known."""
        alone = info.channels == 1
        parts = [_of_column(info, place) for place in range(channels)] if alone else [info]
        outputs = 1 if self.half is None else 2
        size = 1 if alone else channels
        return Columns(
            [Central(self._windows(part), size, info.length, outputs, prompt) for part in parts], size
        )

    def _windows(self, info: DatasetInfo) -> Infer:
        def windows_inferred(windows: Array) -> Array:
            known = inferred(info, self.infer, windows, self.file_name)
            if self.half is None:
                return known[:, int(self.std)]
            return np.concatenate([known[:, 0], self.half * known[:, 1]], axis=1)

        return windows_inferred


def _of_column(info: DatasetInfo, place: int) -> DatasetInfo:
    """The description by which the column at a place is scaled, where each has a scale of its own."""
    if len(info.mean) == 1:
        return info
    return replace(info, mean=[info.mean[place]], std=[info.std[place]])


class Columns:
    """Columns of a recording, in groups from which values are inferred together."""

    def __init__(self, parts: list[Central], size: int) -> None:
        """Of so many columns in each group."""
        self._slices = [slice(first, first + size) for first in range(0, size * len(parts), size)]
        self._parts = parts
        self._size = size

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield what is ready, in order, see `Central`."""
        ready = (part.add(chunk[each]) for each, part in zip(self._slices, self._parts, strict=True))
        return map(self._joined, zip(*ready, strict=True))

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining samples."""
        return map(self._joined, zip(*(part.finish() for part in self._parts), strict=True))

    def _joined(self, parts: tuple[Array, ...]) -> Array:
        """First the values of all columns, then what else there is of each."""
        outputs = [part.reshape(-1, self._size, part.shape[1]) for part in parts]
        return np.concatenate(outputs, axis=1).reshape(-1, parts[0].shape[1])


def inferred(info: DatasetInfo, infer: Infer, windows: Array, file_name: str) -> Array:
    """Mean and standard deviation of every value: (count, sequences, length) → (count, 2, sequences, length).

    `windows` are in recorded units, as is the result, NaN where missing; each holds something. The
    sequence with more present values comes first, as one that is known in full does in training. Raises
    `InputError`, naming the file, where values are too large for the model.
    """
    mean, std = (np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std))
    member = np.argsort(np.isnan(windows).sum(2), axis=1, kind="stable")
    scaled = np.take_along_axis((windows - mean) / std, member[..., None], 1)
    windowed = info.normalisation == "window"
    level, size = scale_of_context(scaled) if windowed else (np.zeros((1, 1, 1)), np.ones((1, 1, 1)))
    with np.errstate(over="ignore"):
        context, _, order = to_points((scaled - level) / size, np.full_like(scaled, np.nan), member)
    _check_finite(~np.isinf(context), file_name)
    estimates = np.asarray(infer(context), dtype=np.float64)
    expected = (len(context), 2, context.shape[2])
    if estimates.shape != expected:
        raise ValueError(f"the model returned shape {estimates.shape} instead of {expected}")
    _check_finite(np.isfinite(estimates), file_name)
    result = from_points(estimates, order, windows.shape[1]) * size[:, None]
    result[:, 0] += level
    unsorted = np.empty_like(result)
    np.put_along_axis(unsorted, np.broadcast_to(member[:, None, :, None], result.shape), result, 2)
    unsorted *= std
    unsorted[:, 0] += mean
    return unsorted


def _check_finite(finite: Array, file_name: str) -> None:
    """Raise `InputError` unless everything is."""
    if not finite.all():
        raise InputError(f"{file_name}: values too large for the model; name one trained on such values")
