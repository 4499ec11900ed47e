"""Draw all figures and assemble the report."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import params as parameters
from tidemark.core.command import run
from tidemark.core.store import replacing
from tidemark.figures import reading, speeds, tables
from tidemark.figures import report as reports
from tidemark.figures.dataset import Sizes
from tidemark.figures.lengths import lengths, ranges
from tidemark.figures.units import units
from tidemark.figures.views import view_of


def report(
    compare: Path,
    details: Path,
    learning: Path,
    paper: Path,
    speed: Path,
    page: Path,
    figures: Path,
    animations: Path,
) -> None:
    """From folders of tables, details, learning frames and metrics to page and pictures."""
    params = parameters.load()
    measured = speeds.read(speed)
    tasks = [reading.results(task, compare, details, learning, measured) for task in sorted(params.tasks)]
    known = {name: units(view_of(entry.task), entry) for name, entry in params.recordings.items()}
    sizes = Sizes(
        cycle={name: entry.law.get("samples_per_cycle", 0) for name, entry in params.datasets.items()},
        published=lengths(Path("params.yaml"), "paper"),
        components=ranges({name: entry.law.get("components") for name, entry in params.datasets.items()}),
        windows={name: (entry.window, entry.sampling_rate / 2) for name, entry in params.studies.items()},
    )
    result = reports.build(tasks, known, tables.paper(paper), params.scale, sizes)
    for folder, files in [(figures, result.pictures), (animations, result.animations)]:
        with replacing(folder) as temporary:
            temporary.mkdir()
            for file, content in files.items():
                (temporary / file).write_bytes(content)
    with replacing(page) as temporary:
        temporary.write_text(result.page, encoding="utf-8")


if __name__ == "__main__":
    run(report)
