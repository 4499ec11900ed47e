"""Score one trained model of scale paper by itself, and keep its scores."""

import tempfile
from pathlib import Path

from stages.evaluate import model
from tidemark.core import command, params, paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_info, read_json
from tidemark.evaluation import comparison
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.evaluate import evaluate
from tidemark.report import keep as kept
from tidemark.report.page import paper
from tidemark.training import entry as entries


def keep(task: str, name: str) -> None:
    """Score model NAME of TASK on its dataset's test sets; write metrics/paper/NAME.json.

    Nothing else of the dataset need be trained, which at this scale may take days.
    """
    if params.scale() != paper.SCALE:
        raise InputError(f"{params.TOP}: scale = {params.scale()!r}: expected {paper.SCALE!r}; set it first")
    dataset = entries.of(task, name).dataset
    folder, settings = paths.dataset(dataset), params.top("evaluation", EvaluationEntry)
    with tempfile.TemporaryDirectory() as temporary:
        details = Path(temporary) / "models"
        info = read_info(folder)
        evaluate([model(task, info, name)], folder, info, settings, details)
        scoring = read_json(details / "scoring.json")
        compared = comparison.compare(task, dataset, scoring["headline"], scoring["better"], [details])
    training = f"pipelines/{task}/train/dvc.yaml:train@{name}"
    again = f"dvc exp run -S scale={paper.SCALE} {training} && python -m stages.keep {task} {name}"
    print(f"kept in {kept.write(Path(), compared, name, again)}")


if __name__ == "__main__":
    command.run(keep)
