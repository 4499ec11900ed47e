"""A trained denoiser over a file of any size: the same kind of file comes out, everything else unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.predicting import Predicting
from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.learning import INPUT
from tidemark.denoise.metrics import predict
from tidemark.prediction.causal import CausalOverlapAdd
from tidemark.prediction.ends import widths_of
from tidemark.prediction.likeness import demand_of
from tidemark.prediction.overlap import OverlapAdd
from tidemark.prediction.rewriting import Rewritten, rewrite_file
from tidemark.prediction.streaming import Estimator
from tidemark.signals.recordings.source import Source, check_present

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


@dataclass(frozen=True)
class Scaled:
    """Overlapped estimates of a signal in recorded units: scaled by channel in and out."""

    overlap: OverlapAdd | CausalOverlapAdd
    mean: Array
    std: Array
    """(channels, 1) each."""

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield estimates (channels, m) that are ready, in order."""
        scaled = chunk - self.mean
        scaled /= self.std
        return map(self._recorded, self.overlap.add(scaled))

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining estimates."""
        return map(self._recorded, self.overlap.finish())

    def _recorded(self, estimates: Array) -> Array:
        """Estimates (channels, samples) float32 in recorded units, float64."""
        result = estimates * self.std
        result += self.mean
        return result


@dataclass(frozen=True)
class WithWidths:
    """Estimates of a signal, and below them half widths of intervals: (2 × channels, samples)."""

    estimates: Scaled
    widths: Scaled

    def add(self, chunk: Array) -> Iterator[Array]:
        """Take (channels, n) more samples; yield what is ready, in order."""
        return map(np.concatenate, zip(self.estimates.add(chunk), self.widths.add(chunk), strict=True))

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining ones."""
        return map(np.concatenate, zip(self.estimates.finish(), self.widths.finish(), strict=True))


def denoise_file(
    info: DatasetInfo,
    estimate: Callable[[Array], Array],
    source: str,
    destination: str | None = None,
    *,
    causal: bool = False,
    widths: Array | None = None,
    **options: Any,
) -> Rewritten:
    """Denoise a file into a new one of the same kind, `<stem>-denoised<suffix>` unless it is named.

    `estimate` maps scaled windows (count, channels, length) float32, NaN where missing, to estimates of that
    shape; they depend on the past and present only if `causal`. Half `widths` (channels, length) of
    intervals, scaled as well, are written with them. See `rewrite_file` for the rest.
    """
    return rewrite_file(
        info, estimator(estimate, causal, widths), source, destination,
        ending="denoised", summary="{} values missing", check=_check, interval=widths is not None, **options,
    )  # fmt: skip


def estimator(
    estimate: Callable[[Array], Array], causal: bool, widths: Array | None = None, prompt: bool = False
) -> Callable[[DatasetInfo, int], Estimator]:
    """From a description and a number of channels to an estimator, of half `widths` too where there are any.

    `prompt` gives each estimate as soon as it is known. Where windows overlap, the half width is averaged as
    estimates are: an average is no farther off than its parts are on average.
    """
    kind = CausalOverlapAdd if causal else OverlapAdd

    def constant(windows: Array) -> Array:
        return np.broadcast_to(np.zeros(1) if widths is None else widths, windows.shape)

    def made(info: DatasetInfo, channels: int) -> Estimator:
        mean, std = (np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std))
        known, half = (
            kind(each, channels, info.length, separate=info.channels == 1, prompt=prompt)
            for each in (estimate, constant)
        )
        if widths is None and not mean.any() and (std == 1).all():
            return known  # as signals are that are scaled by themselves
        estimates = Scaled(known, mean, std)
        return estimates if widths is None else WithWidths(estimates, Scaled(half, 0 * mean, std))

    return made


def _check(source: Source[Any], missing: Mapping[int, int], rows: int) -> None:
    for column, count in missing.items():
        check_present(source, column, count < rows)


def command(model: Trained, source: str, destination: str | None, **options: Any) -> Rewritten:
    """What `tidemark predict` does for this task."""
    demand, widths = demand_of(model, options), widths_of(model, options)
    return denoise_file(
        model.info.dataset, estimates_of(model), source, destination,
        causal=model.info.causal, widths=widths, demand=demand, **options,
    )  # fmt: skip


def estimates_of(model: Trained) -> Callable[[Array], Array]:
    """A trained network as a function of scaled windows (count, channels, length), NaN where missing."""

    def estimate(windows: Array) -> Array:
        return predict(model.network, model.device, {INPUT: windows})

    return estimate


PREDICTING = Predicting(
    ("columns", "time_column", "kind", "interval", "rescale", "unchecked", "plot", "missing"), command
)
