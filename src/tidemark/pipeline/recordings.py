"""What recordings lack, found before a stage fails: their files, columns, rates, windows for testing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.task import Task
from tidemark.pipeline.check import tasks
from tidemark.report.lineage import stages
from tidemark.signals.recordings.columns import find_signal, find_time
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.formats import kind_of, open_source
from tidemark.signals.recordings.source import Source
from tidemark.signals.recordings.timestamps import SECONDS, check_unit

ENOUGH = 30
"""Test windows from which on scores say much."""


def check() -> list[str]:
    """Look at the header and the length of every recording; return a line for each with few test windows.

    A file that a stage makes, or that DVC keeps, may be missing. Raises `InputError` naming entry and key of
    the first recording that no dataset can be cut from.
    """
    few: list[str] = []
    for task in tasks():
        made = [out for stage in _stages(task) for out in stage.outs]
        for name in params.section(task, "recordings"):
            kind = Task(task).windowing.entry
            entry = params.entry(task, "recordings", name, kind)
            assert isinstance(entry, RecordingEntry)
            where, path = params.where(task, "recordings", name), Path(entry.file)
            if not path.exists():
                if path in made or path.with_name(f"{path.name}.dvc").exists():
                    continue
                raise InputError(
                    f"{where}.file = {entry.file!r}: no such file; bring it there, or fix the path"
                )
            few += _check(task, name, entry, where)
        for group in Task(task).datasets:
            for name in params.section(task, group):
                folder = Path(str(params.raw(task, group, name).get("folder", ".")))
                if not folder.is_dir() and folder not in made and not Path(f"{folder}.dvc").exists():
                    where = params.where(task, group, name)
                    raise InputError(f"{where}.folder = {str(folder)!r}: no such folder; bring it there")
    return few


def _stages(task: str) -> list[Any]:
    """What makes files here; nothing where there is no dvc.yaml."""
    return [*stages(Path(), task)] if Path("dvc.yaml").exists() else []


def _check(task: str, name: str, entry: RecordingEntry, where: str) -> Iterator[str]:
    """Columns, rate and windows of one recording."""
    try:
        with open_source(Path(entry.file)) as source:
            check_unit(entry.rate_unit, source.file_name)
            look = entry.time_column is not None or (source.has_table and entry.sampling_rate is None)
            time = find_time(source, entry.time_column) if look else None
            clean = find_signal(source, entry.columns or (), time, None, "columns")
            noisy = find_signal(source, entry.partner, time, None, "noisy_columns") if entry.partner else []
            if noisy and len(noisy) != len(clean):
                raise InputError(f"{len(noisy)} noisy_columns of {len(clean)} columns; give one for each")
            if same := {*clean} & {*noisy}:
                raise InputError(
                    f"{source.called(min(same))} is named both in columns and in noisy_columns; name "
                    "different ones"
                )
            _check_numbers(source, [*clean, *noisy])
            frequency = source.rate_of([*clean, *noisy])
            if time is None and entry.sampling_rate is None and frequency is None:
                raise InputError("the file has no sampling rate; give sampling_rate or time_column")
            _check_rate(frequency, entry)
            samples = _samples(source, Path(entry.file), clean[0])
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    # Cut as its stage will, with one training window: what is in it does not matter for how many there are.
    zeros = np.zeros((max(len(clean), len(noisy)), samples))
    arrays = {"clean": zeros[: len(clean)]} | ({"noisy": zeros[: len(noisy)]} if noisy else {})
    once = entry.model_copy(update={"hop": samples})
    info, _ = Task(task).windowing.cut(name, arrays, once, entry.sampling_rate or 1.0, where)
    if (count := info.splits["test"]) < ENOUGH:
        yield f"{where}: {count} test windows, which are few: its scores are uncertain"


def _check_rate(frequency: float | None, entry: RecordingEntry) -> None:
    """Raise `InputError` where the header's rate is not the entry's."""
    if frequency is None or entry.sampling_rate is None or entry.rate_unit not in SECONDS:
        return
    measured = frequency * SECONDS[entry.rate_unit]
    if abs(entry.sampling_rate / measured - 1) > 1e-9:
        raise InputError(
            f"sampling_rate = {entry.sampling_rate:g} per {entry.rate_unit}, but the file has {measured:g}; "
            "fix sampling_rate or rate_unit"
        )


def _check_numbers(source: Source[Any], columns: list[int]) -> None:
    for column in columns:
        if source.kinds[column] not in ("float", "integer"):
            raise InputError(
                f"{source.file_name}: {source.called(column)} holds {source.kinds[column]}, no numbers"
            )


def _samples(source: Source[Any], path: Path, column: int) -> int:
    """Rows of a file, in one quick look; rows that a time column skips are not counted."""
    if kind_of(path) == "csv" and path.suffix.lower() != ".gz":
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(2**20), b"")) - 1
    return sum(len(batch) for batch in source.batches([column]))
