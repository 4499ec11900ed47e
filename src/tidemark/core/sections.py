"""What a task says in its params.yaml that others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidemark.core.frozen import Frozen


@dataclass(frozen=True)
class Sections:
    """What a task's params.yaml holds beside what every task's does; in `sections.py`, where there is any."""

    entries: Mapping[str, type[Frozen]]
    """By group of entries, what one of them may say."""
    datasets: Sequence[str] = ()
    """Groups whose entries become datasets."""
