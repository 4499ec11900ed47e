"""Score a trained model on its dataset's test sets."""

from pathlib import Path

from tidemark import trained
from tidemark.core import command, params, registry, store
from tidemark.evaluation.answers import answers
from tidemark.evaluation.results import write_results


def evaluate(name: str, dataset: Path, model: Path, metrics: Path, details: Path) -> None:
    """Score MODEL, named NAME, on DATASET; write METRICS, and DETAILS that stand behind them."""
    settings = params.load()
    entry = params.entry_of(settings.networks, name, "models")
    task = registry.load("tasks", entry.task, f"models.{name}.task")
    predictor = trained.load(model)
    info = store.read_info(dataset)
    info.check_task(entry.task, f"models.{name}")
    found = answers(task, lambda split, _: task.estimates(predictor, split), dataset, info)
    write_results(task, entry, settings, predictor.info.parameters, found, metrics, details)


if __name__ == "__main__":
    command.run(evaluate)
