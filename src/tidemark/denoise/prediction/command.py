"""A trained denoiser over a file of any size: the same kind of file comes out, everything else unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.store import Array, DatasetInfo
from tidemark.core.task import Predicting
from tidemark.denoise.learning import INPUT
from tidemark.denoise.metrics import predict
from tidemark.prediction.causal import CausalOverlapAdd
from tidemark.prediction.overlap import OverlapAdd
from tidemark.prediction.rewriting import Rewritten, rewrite_file
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
        return (each * self.std + self.mean for each in self.overlap.add((chunk - self.mean) / self.std))

    def finish(self) -> Iterator[Array]:
        """The signal has ended: yield the remaining estimates."""
        return (each * self.std + self.mean for each in self.overlap.finish())


def denoise_file(
    info: DatasetInfo,
    estimate: Callable[[Array], Array],
    source: str,
    destination: str | None = None,
    *,
    causal: bool = False,
    **options: Any,
) -> Rewritten:
    """Denoise a file into a new one of the same kind, `<stem>-denoised<suffix>` unless it is named.

    `estimate` maps scaled windows (count, channels, length) float32, NaN where missing, to estimates of that
    shape; they depend on the past and present only if `causal`. See `rewrite_file` for the rest.
    """
    return rewrite_file(
        info, estimator(info, estimate, causal), source, destination,
        ending="denoised", summary="{} values missing", check=_check, **options,
    )  # fmt: skip


def estimator(
    info: DatasetInfo, estimate: Callable[[Array], Array], causal: bool, prompt: bool = False
) -> Callable[[int], Scaled]:
    """From a number of channels to an estimator; `prompt` gives each estimate as soon as it is known."""
    kind = CausalOverlapAdd if causal else OverlapAdd
    mean, std = (np.array(values, dtype=np.float64)[:, None] for values in (info.mean, info.std))

    def made(channels: int) -> Scaled:
        overlap = kind(estimate, channels, info.length, separate=info.channels == 1, prompt=prompt)
        return Scaled(overlap, mean, std)

    return made


def _check(source: Source[Any], missing: Mapping[int, int], rows: int) -> None:
    for column, count in missing.items():
        check_present(source, column, count < rows)


def command(model: Trained, source: str, destination: str | None, **options: Any) -> Rewritten:
    """What `tidemark predict` does for this task."""
    return denoise_file(
        model.info.dataset, estimates_of(model), source, destination, causal=model.info.causal, **options
    )


def estimates_of(model: Trained) -> Callable[[Array], Array]:
    """A trained network as a function of scaled windows (count, channels, length), NaN where missing."""

    def estimate(windows: Array) -> Array:
        return predict(model.network, model.device, {INPUT: windows})

    return estimate


PREDICTING = Predicting(("columns", "time_column", "kind"), command)
