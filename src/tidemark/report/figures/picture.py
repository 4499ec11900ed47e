"""A figure with what is said of it, and where the page has it."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from tidemark.report.figures.view import Place


@dataclass(frozen=True)
class Picture:
    """A figure on its way to the page, or to a file beside it."""

    name: str
    """Of its file."""
    figure: Figure
    title: str = ""
    caption: str = ""
    place: Place | None = "lines"
    """Where it stands; none if it is a file only."""
    alt: str = ""
    """What it shows, for readers who do not see it; the caption if empty."""
    png: int = 0
    """Colours of a PNG beside the page's picture; 0 if there is none."""
