"""Missing values of a file inferred from what is present around them, in one column or its partner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.predicting import Predicting
from tidemark.core.store import Array, DatasetInfo
from tidemark.evaluation.predictions import in_batches
from tidemark.infer.points import from_points, scale_of_context, to_points
from tidemark.infer.prediction.central import Central
from tidemark.prediction.endpoints import file_name_of
from tidemark.prediction.output import STANDARD
from tidemark.prediction.rewriting import Rewritten, rewrite_file
from tidemark.signals.recordings.formats import suffix_of
from tidemark.signals.recordings.source import Batch, Source

if TYPE_CHECKING:
    from tidemark.core.trained import Trained

Infer = Callable[[Array], Array]
"""From contexts (count, 3, points), see `to_points`, to means and standard deviations (count, 2, points)."""


class Columns:
    """Missing values of columns: each inferred from itself, or all from one another."""

    def __init__(self, infer: Infer, channels: int, length: int, separate: bool) -> None:
        """Windows of `length` samples; `infer` is that of `Central`."""
        size = 1 if separate else channels
        self._slices = [slice(first, first + size) for first in range(0, channels, size)]
        self._parts = [Central(infer, size, length) for _ in self._slices]

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield (channels, m) that are ready, in order."""
        ready = (part.add(chunk[each]) for each, part in zip(self._slices, self._parts, strict=True))
        return map(np.concatenate, zip(*ready, strict=True))

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining samples."""
        return map(np.concatenate, zip(*(part.finish() for part in self._parts), strict=True))


def infer_file(
    info: DatasetInfo,
    infer: Infer,
    source: str,
    destination: str | None = None,
    *,
    std: bool = False,
    steps: int | None = None,
    ending: str | None = None,
    **options: Any,
) -> Rewritten:
    """Infer the missing values of a file into a new one of the same kind, see `rewrite_file`.

    `columns` are the pair, in the order in which the model knows it; for a model of one sequence each is
    one of its own. A value is inferred from all that is present in the window of the model's length in which
    it is most central. Its mean takes the place of the missing value, or with `std` its standard deviation
    (`<stem>-inferred<suffix>`, `<stem>-inferred-std<suffix>`, or another `ending`), in the column's own
    units; present values stay as they are. With `steps`, only so many values after a present one are
    inferred, the rest of a longer gap stays missing. Raises `InputError` too where nothing is missing, or a
    whole window.
    """
    file_name = file_name_of(source)
    if steps is not None and steps < 1:
        raise InputError(f"--steps {steps}: expected at least 1 value to infer of each gap")
    behind: dict[int, int] = {}

    def windows_inferred(windows: Array) -> Array:
        return inferred(info, infer, windows, file_name)[:, int(std)]

    def replacement(
        opened: Source[Any], batch: Batch, columns: Sequence[int], recorded: Array, known: Array
    ) -> Array:
        missing = np.isnan(recorded)
        if (failed := missing & np.isnan(known)).any():  # nothing was present around it
            row = int(failed.any(axis=0).argmax())
            column = columns[int(failed[:, row].argmax())]
            raise InputError(
                f"{opened.file_name}: {batch.place(row)}, {opened.called(column)}: nothing is present in the "
                f"{info.length} samples around it that the model infers from; give some of them, or split "
                "the file there"
            )
        if steps is not None:
            place = np.stack(
                [_in_gap(gap, column, behind) for gap, column in zip(missing, columns, strict=True)]
            )
            known = np.where(place > steps, np.nan, known)
        return np.where(missing, known, np.nan) if opened.has_table else known

    def check(opened: Source[Any], missing: Mapping[int, int], rows: int) -> None:
        if not any(missing.values()):
            names = ", ".join(opened.names[column] for column in missing)
            raise InputError(
                f"{file_name}: no value of {names} is missing; leave empty, or NaN, what is to be inferred"
            )

    return rewrite_file(
        info,
        lambda _, channels: Columns(windows_inferred, channels, info.length, info.channels == 1),
        source,
        destination,
        ending=ending or ("inferred-std" if std else "inferred"),
        summary=f"{'standard deviations of ' if std else ''}{{}} values inferred",
        check=check,
        replacement=replacement,
        **options,
    )


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


def _in_gap(missing: Array, column: int, behind: dict[int, int]) -> Array:
    """Place of each missing value in its gap, from 1, and 0 of a present one: (rows,), as `missing`.

    `behind` holds, by column, how many missing values the rows before end with, and is brought up to date.
    """
    rows = np.arange(1, len(missing) + 1)
    last = np.maximum.accumulate(np.where(missing, -behind.get(column, 0), rows))
    place = np.where(missing, rows - last, 0)
    if len(place):
        behind[column] = int(place[-1])
    return place


def command(
    model: Trained,
    source: str,
    destination: str | None,
    *,
    paths: int | None = None,
    std: bool = False,
    **options: Any,
) -> Rewritten:
    """What `tidemark predict` does for this task: means, standard deviations, or so many sample paths.

    Sample paths are draws of all that is missing in a window together; each is a file of its own, numbered.
    Raises `InputError` for less than one, and for several where there is one place to read or write.
    """
    if options.get("plot") is not None and (std or paths is not None):
        raise InputError("--plot: shows means; leave out --std and --paths, or it")
    if paths is None:
        return infer_file(model.info.dataset, _means(model), source, destination, std=std, **options)
    if paths < 1 or std:
        what = "--std: of what is drawn there is none; leave out --std" if std else "expected at least 1"
        raise InputError(f"--paths {paths}: {what}")
    if paths > 1 and STANDARD in (source, destination):
        raise InputError(f"--paths {paths}: {STANDARD} holds one; name files, or draw one path")
    written = []
    for number in range(1, paths + 1):
        ending = f"inferred-path-{number}"
        where = destination if destination is None or paths == 1 else _numbered(destination, number)
        drawn = _drawn(model, number)
        written.append(infer_file(model.info.dataset, drawn, source, where, ending=ending, **options))
    return replace(written[0], summary="\n".join(each.summary for each in written))


def _means(model: Trained) -> Infer:
    def infer(context: Array) -> Array:
        return in_batches(model.network, model.device, context)

    return infer


def _drawn(model: Trained, number: int) -> Infer:
    """Sample path `number`, in the place of means; the same whenever it is drawn."""
    import torch

    from tidemark.infer.learning import InferNetwork

    network = model.network
    assert isinstance(network, InferNetwork)
    stream = torch.Generator().manual_seed(number)

    def infer(context: Array) -> Array:
        noise = torch.randn(len(context), 1, context.shape[2], generator=stream)
        known = torch.from_numpy(context)
        with torch.inference_mode():
            path = network.paths(known.to(model.device), noise.to(model.device)).float().cpu().numpy()
        return np.concatenate([path, np.zeros_like(path)], 1)

    return infer


def _numbered(destination: str, number: int) -> str:
    """`out.csv` → `out-1.csv`."""
    path = Path(destination)
    suffix = suffix_of(path)
    return str(path.with_name(f"{path.name.removesuffix(suffix)}-{number}{suffix}"))


PREDICTING = Predicting(("std", "paths", "steps", "columns", "time_column", "kind", "plot"), command)
