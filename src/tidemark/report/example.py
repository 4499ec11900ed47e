"""One test signal and what a trained model makes of it, drawn into a file."""

from __future__ import annotations

from pathlib import Path

from tidemark.core import paths as places
from tidemark.core import trained
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.core.store import read_info, read_split
from tidemark.core.task import Task, names
from tidemark.prediction.files import find_model
from tidemark.report.figures.style import styled

KINDS = (".png", ".svg", ".pdf")


def draw(model: str, output: str, test: str, signal: int, paths: int, steps: int | None) -> None:
    """Write the picture of one signal of a test set into the file `output`.

    Raises `InputError` for a model whose task draws none, a test set or signal that there is not, and a file
    of another kind.
    """
    destination = Path(output)
    if destination.suffix not in KINDS:
        raise InputError(f"{output}: expected a file whose name ends in {', '.join(KINDS)}")
    loaded = trained.load(find_model(model))
    figure = Task(loaded.info.task).drawing.example
    if figure is None:
        able = [name for name in names() if Task(name).drawing.example is not None]
        raise InputError(
            f"{model}: examples of task {loaded.info.task} are not drawn one by one; "
            f"name a model of task {' or '.join(able)}"
        )
    folder = places.dataset(loaded.info.dataset.name)
    tests = list(read_info(folder).test_sets)
    if test not in tests:
        raise InputError(f"--test {test}: no such test set of {folder.name}; expected {', '.join(tests)}")
    with styled():
        drawn = figure(loaded, read_split(folder, test), signal, paths, steps)
        with replacing(destination) as temporary:
            drawn.savefig(temporary, format=destination.suffix[1:])
