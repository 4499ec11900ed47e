"""Score a baseline or a limit on its dataset's test sets."""

from pathlib import Path
from typing import Literal

from tidemark.core import command, params, registry, store
from tidemark.evaluation.answers import answers
from tidemark.evaluation.results import write_results


def reference(
    group: Literal["baselines", "limits"],
    name: str,
    dataset: Path,
    metrics: Path,
    details: Path,
) -> None:
    """Score NAME of GROUP on DATASET; write METRICS, and DETAILS that stand behind them."""
    settings = params.load()
    entry = params.entry_of(getattr(settings, group), name, group)
    task = registry.load("tasks", entry.task, f"{group}.{name}.task")
    method = registry.load(f"{group}/{entry.task}", entry.method, f"{group}.{name}.method")
    options = params.validate(method.Options, entry.options, f"{group}.{name}.options")
    info = store.read_info(dataset)
    info.check_task(entry.task, f"{group}.{name}")
    learned = []
    if learn := getattr(method, "learn", None):
        learned = [
            learn(store.read_split(dataset, "train"), store.read_split(dataset, "validation"), info, options)
        ]

    def predict(split: store.Split, test: str) -> store.Array:
        estimate: store.Array = method.estimate(split, info.of(test), options, *learned)
        return estimate

    write_results(task, entry, settings, 0, answers(task, predict, dataset, info), metrics, details)


if __name__ == "__main__":
    command.run(reference)
