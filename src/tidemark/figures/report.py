"""The report: one page with all tables and figures, and the figures as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tidemark.figures import fourier
from tidemark.figures.dataset import Sizes, section
from tidemark.figures.drawings import TaskResults
from tidemark.figures.gallery import Gallery
from tidemark.figures.style import Colours, fixed, number, signed, styled, times
from tidemark.figures.tables import Paper
from tidemark.figures.units import Units
from tidemark.figures.units import units as labels
from tidemark.figures.views import View


@dataclass(frozen=True)
class Report:
    """The page, and by file name the pictures beside it."""

    page: str
    pictures: Mapping[str, bytes]
    animations: Mapping[str, bytes]


def build(
    tasks: Sequence[TaskResults],
    units: Mapping[str, Units],
    paper: Mapping[str, Paper],
    scale: str,
    sizes: Sizes | None = None,
) -> Report:
    """Draw everything; `units` by dataset (generated ones may be left out), `scale` as in params.yaml."""
    gallery = Gallery()
    sections = []
    for task in tasks:
        view = task.view
        colours = Colours(row.label for row in task.rows if row.kind == "model")
        with styled():
            first = _fourier(gallery, view) if view.fourier and task.rows else []
            datasets = [
                section(gallery, task, name, units.get(name, labels(view)), paper, colours, sizes or Sizes())
                for name in dict.fromkeys(row.dataset for row in task.rows)
            ]
        sections.append({"view": view, "first": first, "datasets": datasets})
    page = _environment().get_template("report.html.jinja").render(tasks=sections, scale=scale)
    return Report(page, gallery.pictures, gallery.animations)


def _fourier(gallery: Gallery, view: View) -> list[dict[str, Any] | None]:
    """The figures on the discrete Fourier transform."""
    return [
        gallery.drawing(
            view.task,
            fourier.spectra(),
            "What a Fourier transform sees",
            "a sum of four sines in a window of 100 samples, and its amplitudes, the largest ones marked. "
            "Triangles are the sines' true frequencies and periods: those that do not divide the window lie "
            "between two places of the transform, and leak into many.",
            "spectra",
        ),
        gallery.drawing(
            view.task,
            fourier.leaking(),
            "Leakage: a sine of period 20 in windows of 100 and 110 samples",
            "the transform goes on by repeating its window (orange): right only if that holds whole periods. "
            "Hamming's window (blue) narrows what leaks far away, not the peak itself, and does not help the "
            "continuation: the tapered window is repeated. The thin line is the sine.",
            "leakage",
        ),
    ]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    environment.filters["signed"] = signed
    environment.filters["fixed"] = fixed
    environment.filters["times"] = times
    return environment
