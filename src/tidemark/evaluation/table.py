"""What a table is, before it is written."""

from collections.abc import Iterable, Sequence

Table = tuple[Sequence[str], Iterable[Sequence[object]]]
"""Header and rows."""
