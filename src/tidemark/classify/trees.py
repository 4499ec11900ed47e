"""What every method of decision trees must be able to do with its options."""

from __future__ import annotations

from tidemark.core.errors import InputError
from tidemark.core.store import DatasetInfo


def check_leaf(method: str, smallest: int, windows: int, info: DatasetInfo) -> None:
    """Raise `InputError` unless `windows` for training can be split into two leaves of `smallest` ones."""
    if 2 * smallest > windows:
        raise InputError(
            f"{method}: smallest_leaf = {smallest}: no tree has two such leaves of the {windows} training "
            f"windows of {info.name!r}; set it to {windows // 2} or less"
        )
