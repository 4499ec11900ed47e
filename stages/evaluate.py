"""Score everything that there is on one dataset: its models, baselines and limits."""

from tidemark.core import command, params, paths, trained
from tidemark.core.store import Array, DatasetInfo, Split, read_info, read_split
from tidemark.core.task import Predict, Task
from tidemark.evaluation.entry import GROUPS, EvaluationEntry, ReferenceEntry, method_of, references
from tidemark.evaluation.evaluate import Candidate
from tidemark.evaluation.evaluate import evaluate as score


def evaluate(task: str, name: str) -> None:
    """Score every predictor on dataset NAME of TASK; write scores and what stands behind them."""
    dataset, folder = paths.dataset(name), paths.details(task, name)
    info, settings = read_info(dataset), params.top("evaluation", EvaluationEntry)
    trained_here = (model(task, name, each) for each in params.models(task, name))
    score(trained_here, dataset, info, settings, folder / "models")
    others = (reference(task, info, *each) for each in references(task, name))
    score(others, dataset, info, settings, folder / "references")


def model(task: str, dataset: str, name: str) -> Candidate:
    """A trained model, with what it learnt from other seeds."""
    folder, scoring = paths.model(dataset, name), Task(task).scoring
    seeds = sum(1 for _ in (folder / "seeds").glob("*"))
    loaded = [trained.load(paths.training(folder, seed)) for seed in range(1 + seeds)]

    def prediction(of: trained.Trained) -> Predict:
        return lambda split, test: scoring.predict(of.network, of.device, split)

    first, *others = map(prediction, loaded)
    info = loaded[0].info
    return Candidate(name, "model", info.causal, info.parameters, first, others)


def reference(task: str, info: DatasetInfo, name: str, group: str, entry: ReferenceEntry) -> Candidate:
    """A baseline or a limit, fitted where it learns."""
    method, options = method_of(task, info.name, name, group, entry)
    fitted = []
    if method.fit is not None:
        splits = [read_split(paths.dataset(info.name), split) for split in ("train", "validation")]
        fitted = [method.fit(*splits, info, options)]

    def predict(split: Split, test: str) -> Array:
        return method.predict(split, info.of(test), options, *fitted)

    return Candidate(name, GROUPS[group], entry.causal, 0, predict)


if __name__ == "__main__":
    command.run(evaluate)
