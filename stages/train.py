"""Train one model on one dataset."""

from pathlib import Path

from tidemark import trained
from tidemark.core import command, params, registry, store
from tidemark.training.run import learning_arrays, train_model


def train(name: str, dataset: Path, model: Path, curves: Path, learning: Path, resume: Path) -> None:
    """Train model NAME on DATASET; write MODEL, CURVES and LEARNING; RESUME holds resume points."""
    settings = params.load()
    entry = params.entry_of(settings.models, name, "models")
    task = registry.load("tasks", entry.task, f"models.{name}.task")
    info, weights, history = train_model(name, entry, settings.training, task, dataset, resume)
    trained.save(model, info, weights)
    store.write_table(curves, ["step", "train", "validation"], history.curve)
    store.write_arrays(learning, learning_arrays(history, task, dataset))


if __name__ == "__main__":
    command.run(train)
