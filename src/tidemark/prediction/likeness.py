"""Whether an input is like those that a model was trained on; where it is not it is refused, or rescaled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.likeness import Likeness, statistics
from tidemark.core.normalisation import LARGEST
from tidemark.core.store import Array, DatasetInfo
from tidemark.signals.recordings.source import Batch, Source

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

WINDOWS = 64
"""Windows at the start of a file that are looked at …"""
VALUES = 2**20
"""… fewer of many columns: so many values in all, but a window of each."""
SCALE = 1.5
"""A scale may leave those of the training windows by this factor …"""
NOISE = 2.0
"""… and a noise level by this one."""
LOCATION_PLACE, SCALE_PLACE, NOISE_PLACE = range(3)
"""Among `statistics`."""
OTHER_REMEDY = "name a model trained on such signals"
REMEDY = f"predict with --rescale, {OTHER_REMEDY}"
NOISE_REMEDY = "name a model trained at such noise"


@dataclass(frozen=True)
class Demand:
    """How like its training inputs a model's input has to be."""

    known: Likeness | None = None
    """What those were like; none where that is not stored: then anything will do."""
    rescale: bool = False
    """Whether an input is first mapped to their location and scale."""
    unchecked: bool = False
    """Whether anything will do."""
    rescalable: bool = True
    """Whether an input at another location or scale can be rescaled."""

    @property
    def looks(self) -> bool:
        """Whether it has to be seen what the input is like."""
        return self.rescale or (self.known is not None and not self.unchecked)


NOTHING = Demand()
"""Any signal will do."""


def demand_of(model: Trained, options: dict[str, Any]) -> Demand:
    """That of a model's task, taking `rescale` and `unchecked` out of the options.

    Raises `InputError` where there is nothing to rescale to, or no need to.
    """
    rescale, unchecked = bool(options.pop("rescale", False)), bool(options.pop("unchecked", False))
    if rescale and model.info.dataset.normalisation == "window":
        raise InputError("--rescale: the model scales each series by itself already; leave it out")
    if rescale and model.calibration is None:
        raise InputError(
            "--rescale: the model does not say what it was trained on; train it again, or leave it out"
        )
    return Demand(None if model.calibration is None else model.calibration.inputs, rescale, unchecked)


def count_of(info: DatasetInfo, columns: int) -> int:
    """Samples at the start of a file of so many columns that are looked at."""
    return info.length * max(1, min(WINDOWS, VALUES // (info.length * columns)))


def first_values(
    source: Source[Any], values: Callable[[Batch], Array], columns: list[int], count: int
) -> Array:
    """The first `count` samples of some columns, (columns, samples), as `values` reads them of a batch."""
    parts, held = [np.empty((len(columns), 0))], 0
    for batch in source.batches(columns):
        parts.append(values(batch)[:, : count - held])
        held += parts[-1].shape[1]
        if held >= count:
            break
    return np.concatenate(parts, axis=1)


def suited(
    demand: Demand, info: DatasetInfo, values: Array, called: Sequence[str], file_name: str
) -> tuple[DatasetInfo, str]:
    """How recorded values are scaled for the model, and a note on what `--rescale` did.

    `values` (columns, samples) are the first, or the last, of each column, which messages call as `called`
    says, NaN where missing. The description
    has another mean and standard deviation by column where they are rescaled: then their typical location
    and scale become those of the training windows. Raises `InputError`, naming the numbers, where location,
    scale or noise level is none that training had, see `_allowed`.
    """
    if not demand.looks or demand.known is None:
        return info, ""
    found = typical(info, values)
    chosen = rescaled(info, demand.known, found, called, file_name) if demand.rescale else info
    if not demand.unchecked:
        _check(demand, demand.known, chosen, found, values.shape[1] < info.length, called, file_name)
    if not demand.rescale:
        return chosen, ""
    place, size = (
        ", ".join(f"{each:.4g}" for each in part[:3]) + (" …" if len(part) > 3 else "") for part in found[:2]
    )
    return chosen, f"; rescaled from location {place} and scale {size} to those of training, and back"


class FirstLook:
    """Looks at a signal that comes in pieces, once: when there is a window of it, or it has ended."""

    def __init__(
        self, demand: Demand, info: DatasetInfo, source: Source[Any], columns: Sequence[int]
    ) -> None:
        """Of `columns` of a source."""
        self._demand, self._info, self._source, self._columns = demand, info, source, columns
        self._held: Array | None = np.empty((len(columns), 0)) if demand.looks else None

    def add(self, values: Array) -> None:
        """Take (columns, samples) more; raises `InputError` where they show that it is unlike training."""
        if self._held is not None:
            self._held = np.concatenate([self._held, values], axis=1)[:, : self._info.length]
            if self._held.shape[1] == self._info.length:
                self.finish()

    def finish(self) -> None:
        """There is no more of it."""
        held, self._held = self._held, None
        if held is not None:
            called = [self._source.called(column) for column in self._columns]
            suited(self._demand, self._info, held, called, self._source.file_name)


def typical(info: DatasetInfo, values: Array) -> Array:
    """Medians over whole windows of mean, standard deviation and noise level: (3, columns), recorded units.

    Of (columns, samples); what is shorter than a window is one. For a model that scales each window by itself
    the noise level is over that scale. NaN where nothing is present; a noise level counts where at least half
    of a window's values have both neighbours.
    """
    columns, samples = values.shape
    length = min(info.length, samples)
    windows = values[:, : samples // max(length, 1) * length].reshape(columns, -1, length)
    found = statistics(windows, relative=info.normalisation == "window")
    known = ~np.isnan(np.diff(windows, 2, axis=-1))
    found[2, known.sum(axis=-1) * 2 < known.shape[-1]] = np.nan
    ordered = np.sort(found, axis=-1)  # NaN comes last
    count = (~np.isnan(found)).sum(axis=-1, keepdims=True)
    middle = np.stack([np.maximum(count - 1, 0) // 2, np.minimum(count // 2, found.shape[-1] - 1)])
    return np.asarray(np.take_along_axis(ordered[None], middle, axis=-1).mean((0, -1)))


def rescaled(
    info: DatasetInfo, known: Likeness, found: Array, called: Sequence[str], file_name: str
) -> DatasetInfo:
    """The description by which what was `found`, (3, columns), becomes what is typical of training."""
    still = np.flatnonzero(~(found[1] > 0))
    if len(still):
        raise InputError(
            f"{file_name}: {called[int(still[0])]} does not move, so there is no scale to change; "
            "leave out --rescale"
        )
    location, scale = (np.array(each.typical) for each in (known.location, known.scale))
    if not (scale * LARGEST >= found[1]).all():
        raise InputError(
            f"{file_name}: most training windows did not move, so there is no scale to change to; leave out "
            "--rescale"
        )
    std = found[1] / scale
    return replace(info, mean=(found[0] - location * std).tolist(), std=std.tolist())


def _allowed(known: Likeness) -> Mapping[str, tuple[Array, Array]]:
    """Smallest and largest values of what is compared, (channels,) each, in units of the stored values.

    The location may leave that of the training windows by the width of its range, or by their largest scale.
    """
    location, scale, noise = (
        (np.array(each.smallest), np.array(each.largest))
        for each in (known.location, known.scale, known.noise)
    )
    width = np.maximum(location[1] - location[0], scale[1])
    return {
        "mean": (location[0] - width, location[1] + width),
        "standard deviation": (scale[0] / SCALE, scale[1] * SCALE),
        "noise level": (noise[0] / NOISE, noise[1] * NOISE),
    }


def _check(
    demand: Demand,
    known: Likeness,
    info: DatasetInfo,
    found: Array,
    short: bool,
    called: Sequence[str],
    file_name: str,
) -> None:
    """Raise `InputError` unless what was `found` is allowed; of a `short` signal, unless it is not too small.

    For a model that scales each series by itself noise levels alone are compared, those over its scale.
    """
    columns, own = found.shape[1], info.normalisation == "window"
    mean, std = (np.broadcast_to(np.array(each), columns) for each in (info.mean, info.std))
    ranges = (known.location, known.scale, known.noise)
    allowed = list(_allowed(known).items())
    for number in (SCALE_PLACE, LOCATION_PLACE, NOISE_PLACE):  # a mean says little at another scale
        (name, limits), had = allowed[number], ranges[number]
        if own and number != NOISE_PLACE:
            continue
        unit = np.ones(columns) if own else std
        zero = np.zeros(columns) if number != LOCATION_PLACE else mean
        low, high = (zero + unit * limit for limit in limits)
        low = low if number == LOCATION_PLACE or not short else np.full(columns, -np.inf)
        wrong = np.flatnonzero((found[number] < low) | (found[number] > high))
        if not len(wrong):
            continue
        place = int(wrong[0])
        ends = (np.broadcast_to(np.array(end), columns)[place] for end in (had.smallest, had.largest))
        trained_at = " to ".join(f"{zero[place] + unit[place] * end:.4g}" for end in ends)
        over = " over the scale of the series" if own else ""
        remedy = NOISE_REMEDY if number == NOISE_PLACE else REMEDY if demand.rescalable else OTHER_REMEDY
        raise InputError(
            f"{file_name}: {called[place]}: {name}{over} {found[number, place]:.4g} where training windows "
            f"had {trained_at}; {remedy}, or predict with --unchecked anyway"
        )
