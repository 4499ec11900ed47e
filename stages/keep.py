"""Score one predictor of scale paper by itself, and keep its scores."""

import tempfile
from pathlib import Path

from tidemark.core import command, params, paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_info, read_json
from tidemark.evaluation import comparison
from tidemark.evaluation.entry import GROUPS, EvaluationEntry, references
from tidemark.evaluation.evaluate import Candidate, evaluate
from tidemark.evaluation.reference import reference
from tidemark.report import keep as kept
from tidemark.report.page import paper
from tidemark.training import entry as entries

from .evaluate import model


def keep(task: str, name: str) -> None:
    """Score predictor NAME of TASK on its dataset's test sets; write metrics/paper/NAME.json.

    Nothing else of the dataset need be trained, which at this scale may take days.
    """
    if params.scale() != paper.SCALE:
        raise InputError(f"{params.TOP}: scale = {params.scale()!r}: expected {paper.SCALE!r}; set it first")
    candidate, dataset, stage = _model(task, name) if name in params.models(task) else _reference(task, name)
    with tempfile.TemporaryDirectory() as temporary:
        details, folder = Path(temporary), paths.dataset(dataset)
        evaluate([candidate], folder, read_info(folder), params.top("evaluation", EvaluationEntry), details)
        scoring = read_json(details / "scoring.json")
        compared = comparison.compare(task, dataset, scoring["headline"], scoring["better"], [details])
    again = (
        f"dvc exp run -S scale={paper.SCALE} pipelines/{task}/{stage} && python -m stages.keep {task} {name}"
    )
    print(f"kept in {kept.write(Path(), compared, name, again)}")


def _model(task: str, name: str) -> tuple[Candidate, str, str]:
    """A trained model, its dataset, and the stage that makes it."""
    dataset = entries.of(task, name).dataset
    return model(task, read_info(paths.dataset(dataset)), name), dataset, f"train/dvc.yaml:train@{name}"


def _reference(task: str, name: str) -> tuple[Candidate, str, str]:
    """A baseline, an oracle or a limit, its dataset, and the stage that makes that."""
    for dataset in dict.fromkeys(each for group in GROUPS for each in params.section(task, group)):
        for each in references(task, dataset):
            if each[0] == name:
                folder = paths.dataset(dataset)
                found = reference(task, read_info(folder), folder, *each)
                made = "generate" if dataset in params.section(task, "datasets") else "window"
                return found, dataset, f"dvc.yaml:{made}@{dataset}"
    raise InputError(f"{name!r}: no predictor of {paths.params(task)}; choose one that has an entry there")


if __name__ == "__main__":
    command.run(keep)
