"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table; the first `left` columns are text, the others numbers.

    A cell may hold Markdown, but neither lines, nor bars, nor HTML of its own: those are shown as text.
    """
    rules = ["---"] * left + ["---:"] * (len(header) - left)
    lines = [header, rules, *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in lines)


def _cell(text: str) -> str:
    return " ".join(text.splitlines()).replace("|", r"\|").replace("<", "&lt;")
