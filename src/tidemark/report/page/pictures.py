"""Pictures as they stand in the page: drawings, as elements of it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from tidemark.core.errors import InputError
from tidemark.report.figures.view import Drawn


def picture(folder: Path, figure: Drawn) -> Markup:
    """The element that shows a figure, an SVG; raises `InputError` for a file that is missing or none."""
    path = folder / figure.file
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise InputError(f"{path}: no such picture; run `dvc repro` again") from None
    if not text.startswith("<svg"):
        raise InputError(f"{path}: expected an SVG element to write into the page; draw it again")
    return Markup(text)
