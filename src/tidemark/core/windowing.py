"""What cutting a recording needs of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidemark.core.frozen import Frozen
from tidemark.core.store import DatasetInfo, Split


@dataclass(frozen=True)
class Windowing:
    """What cutting a recording needs of a task; in `windows.py`."""

    entry: type[Frozen]
    """What params.yaml says of a recording for this task: a subclass of the recordings' own entry."""
    cut: Callable[..., tuple[DatasetInfo, Mapping[str, Split]]]
    """(name, recording's arrays, entry, sampling rate) → description and splits."""
