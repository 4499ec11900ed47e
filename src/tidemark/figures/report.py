"""The report: one page with all tables and figures, and the figures as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tidemark.figures.dataset import Sizes, TaskResults, section
from tidemark.figures.gallery import Gallery
from tidemark.figures.style import Colours, fixed, number, styled, times
from tidemark.figures.tables import Paper
from tidemark.figures.units import Units


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
    colours = Colours(row.label for task in tasks for row in task.rows if row.kind == "model")
    gallery = Gallery()
    sections = []
    for task in tasks:
        with styled():
            datasets = [
                section(gallery, task, name, units.get(name, Units()), paper, colours, sizes or Sizes())
                for name in dict.fromkeys(row.dataset for row in task.rows)
            ]
        sections.append({"name": task.name, "datasets": datasets})
    page = _environment().get_template("report.html.jinja").render(tasks=sections, scale=scale)
    return Report(page, gallery.pictures, gallery.animations)


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
    environment.filters["fixed"] = fixed
    environment.filters["times"] = times
    return environment
