"""Units that a file says its columns are in, against those that a model was trained in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo
from tidemark.prediction.likeness import Demand
from tidemark.signals.recordings.source import Source
from tidemark.signals.units import multiple, unit_in


def in_units(
    demand: Demand, info: DatasetInfo, source: Source[Any], signal: Sequence[int]
) -> tuple[Demand, DatasetInfo, str]:
    """How columns are scaled that are in a multiple of the model's unit, what is still demanded, and a note.

    A multiple by a prefix of SI is converted where rescaling is demanded, exactly, and in place of that; and
    where the model scales each series by itself. Raises `InputError` at another unit, unless anything will
    do.
    """
    if demand.unchecked or not source.has_table:
        return demand, info, ""
    factors, notes = np.ones(len(signal)), []
    own = info.normalisation == "window"
    for place, column in enumerate(signal):
        written, trained = unit_in(source.names[column]), unit_of_model(info, place)
        if written is None or trained is None:
            continue
        share = multiple(trained, written)  # written ones in one of the model's
        if share == 1:
            continue
        if share is None or not (demand.rescale or own):
            remedy = "convert the column, name a model trained in that unit"
            first = f"predict with --rescale, {remedy}" if share is not None else remedy
            raise InputError(
                f"{source.file_name}: {source.called(column)}: in {written}, but the model was trained in "
                f"{trained}; {first}, or predict with --unchecked anyway"
            )
        factors[place] = share
        notes.append(f"{written} to {trained}")
    if not notes:
        return demand, info, ""
    mean, std = (np.broadcast_to(np.array(each), len(signal)) for each in (info.mean, info.std))
    scaled = replace(info, mean=(mean * factors).tolist(), std=(std * factors).tolist())
    return (
        replace(demand, rescale=False),
        scaled,
        f"; converted from {', '.join(dict.fromkeys(notes))}, and back",
    )


def unit_of_model(info: DatasetInfo, place: int) -> str | None:
    """What the channel at a place was trained in; none where that is not known."""
    if info.units:
        return info.units
    found = [unit_in(name) for name in info.columns]
    if info.channels > 1:
        return found[place] if place < len(found) else None
    return found[0] if len(set(found)) == 1 else None
