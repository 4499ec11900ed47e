"""A dataset's part of the page as a folder: pictures, tables, and `section.json`, which describes them."""

from __future__ import annotations

import math
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tidemark.core.drawing import Drawing
from tidemark.core.replacing import replacing
from tidemark.core.store import write_json
from tidemark.report.figures import tables
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.png import png
from tidemark.report.figures.results import Results
from tidemark.report.figures.style import styled
from tidemark.report.figures.svg import svg
from tidemark.report.figures.view import Drawn


def write(folder: Path, drawing: Drawing, results: Results) -> None:
    """Draw everything that the task shows of a dataset; write `folder`, whole or not at all."""
    with replacing(folder) as temporary, styled():
        temporary.mkdir(parents=True)
        pictures = [each for draw in drawing.figures for each in draw(results)]
        figures = [asdict(drawn) for each in pictures if (drawn := _picture(temporary, each, results))]
        tables.write(temporary, results)
        for file in drawing.details:
            for each in results.predictors:
                if (path := results.details_of(each) / file).exists():
                    shutil.copyfile(path, temporary / f"{path.stem}_{each.name}{path.suffix}")
        write_json(temporary / "section.json", _section(drawing, results) | {"figures": figures})


def _picture(folder: Path, picture: Picture, results: Results) -> Drawn | None:
    """Write a picture; what the page needs of it, if the page has it."""
    dataset = results.comparison.dataset
    written = None
    if picture.place is not None:
        file, alt = f"{picture.name}.svg", f"{dataset}: {picture.alt or picture.caption}"
        name = f"{results.comparison.task}/{dataset}/{file}"
        (folder / file).write_text(svg(picture.figure, name, alt), encoding="utf-8")
        width, height = (round(float(side) * 72) for side in picture.figure.get_size_inches())
        written = Drawn(picture.title, picture.caption, alt, file, picture.place, width, height)
    if picture.png:
        (folder / f"{dataset}-{picture.name}.png").write_bytes(png(picture.figure, picture.png))
    return written


def _section(drawing: Drawing, results: Results) -> dict[str, Any]:
    """All that the page says of the dataset, but for its scores and figures."""
    info, sweeps = results.info, results.view.sweeps
    numbers = {
        test: {each.key: results.law_number(each.key, test) for each in sweeps}
        for test in results.comparison.tests
    }
    return {
        "task": results.comparison.task,
        "dataset": results.comparison.dataset,
        "made_up": drawing.made_up(results),
        "tested": {"windows": info.splits.get("test", 0), **drawing.tested(results)},
        "length": info.length + info.horizon,
        "view": asdict(results.view),
        "notes": list(drawing.notes(results)),
        "units": asdict(results.units),
        "colours": {each.name: results.colours.of(each) for each in results.predictors},
        "test_sets": {
            test: {key: value for key, value in own.items() if value is not None}
            for test, own in numbers.items()
        },
        "published": results.published.model_dump() if results.published else None,
        "tables": [
            {**asdict(table), "rows": [[_cell(value) for value in row] for row in table.rows]}
            for table in drawing.tables(results)
        ],
    }


def _cell(value: str | float | None) -> str | float | None:
    return None if isinstance(value, float) and not math.isfinite(value) else value
