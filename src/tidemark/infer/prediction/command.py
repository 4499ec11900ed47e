"""Missing values of a file inferred from what is present around them, in one column or its partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.predicting import Predicting
from tidemark.core.store import Array, DatasetInfo
from tidemark.evaluation.predictions import in_batches
from tidemark.infer.prediction.columns import Infer, Inferring
from tidemark.infer.prediction.filling import Filling
from tidemark.prediction.endpoints import file_name_of
from tidemark.prediction.ends import widths_of
from tidemark.prediction.likeness import demand_of
from tidemark.prediction.output import STANDARD
from tidemark.prediction.rewriting import Rewritten, rewrite_file
from tidemark.signals.recordings.formats import suffix_of
from tidemark.signals.recordings.source import Source

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


def infer_file(
    info: DatasetInfo,
    infer: Infer,
    source: str,
    destination: str | None = None,
    *,
    std: bool = False,
    half: float | None = None,
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
    inferred, the rest of a longer gap stays missing. With `half`, intervals of so many standard deviations on
    both sides are written with them. Raises `InputError` too where nothing is missing, or a whole window.
    """
    file_name = file_name_of(source)
    inferring = Inferring(infer, file_name, std, half)

    def check(opened: Source[Any], missing: Mapping[int, int], rows: int) -> None:
        if not any(missing.values()):
            names = ", ".join(opened.names[column] for column in missing)
            raise InputError(
                f"{file_name}: no value of {names} is missing; leave empty, or NaN, what is to be inferred"
            )

    return rewrite_file(
        info,
        inferring.columns,
        source,
        destination,
        ending=ending or ("inferred-std" if std else "inferred"),
        summary=f"{'standard deviations of ' if std else ''}{{}} values inferred",
        check=check,
        replacement=Filling(info.length, steps),
        interval=half is not None,
        **options,
    )


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
    half = half_width(model, options)
    for name, asked, what in (("plot", options.get("plot"), "shows"), ("interval", half, "is about")):
        if asked is not None and (std or paths is not None):
            raise InputError(f"--{name}: {what} means; leave out --std and --paths, or it")
    options["demand"] = demand_of(model, options)
    if paths is None:
        return infer_file(
            model.info.dataset, means_of(model), source, destination, std=std, half=half, **options
        )
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


def half_width(model: Trained, options: dict[str, Any]) -> float | None:
    """Half width, in standard deviations, of the intervals that the options ask for, see `widths_of`."""
    widths = widths_of(model, options)
    return None if widths is None else float(widths.item())


def means_of(model: Trained) -> Infer:
    """A trained network as a function of contexts."""

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


PREDICTING = Predicting(
    (
        "std", "paths", "steps", "columns", "time_column", "kind", "interval", "rescale", "unchecked", "plot",
        "missing",
    ),
    command,
)  # fmt: skip
