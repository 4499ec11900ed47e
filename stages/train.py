"""Train one model on one dataset."""

from pathlib import Path
from typing import Annotated

from typer import Argument

from tidemark import trained
from tidemark.core import command, params, registry, store
from tidemark.training.run import curve_table, learning_arrays, train_model


def train(
    name: str,
    dataset: Path,
    model: Path,
    curves: Path,
    learning: Path,
    resume: Path,
    source: Annotated[Path | None, Argument()] = None,
) -> None:
    """Train model NAME on DATASET; write MODEL, CURVES and LEARNING; RESUME holds resume points.

    A model that goes on from another one starts with the weights of SOURCE.
    """
    settings = params.load()
    entry = params.entry_of(settings.networks, name, "models")
    task = registry.load("tasks", entry.task, f"models.{name}.task")
    info, weights, history = train_model(name, entry, settings.training, task, dataset, resume, source)
    trained.save(model, info, weights, history.checkpoints, entry.model_dump())
    store.write_table(curves, *curve_table(history, task))
    store.write_arrays(learning, learning_arrays(history, task, dataset))


if __name__ == "__main__":
    command.run(train)
