"""Score a trained model on its dataset's test set."""

from pathlib import Path

from tidemark import trained
from tidemark.core import command, params, registry, store
from tidemark.evaluation.results import write_results


def evaluate(name: str, dataset: Path, model: Path, metrics: Path, position: Path, examples: Path) -> None:
    """Score MODEL, named NAME, on DATASET; write METRICS, the error by POSITION and EXAMPLES."""
    settings = params.load()
    entry = params.entry_of(settings.models, name, "models")
    task = registry.load("tasks", entry.task, f"models.{name}.task")
    predictor = trained.load(model)
    split = store.read_split(dataset, "test")
    estimate = predictor.estimate(split[task.GIVEN])
    write_results(
        task, entry, settings, predictor.info.parameters, estimate, split, metrics, position, examples
    )


if __name__ == "__main__":
    command.run(evaluate)
