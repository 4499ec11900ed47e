"""Score everything that there is on one dataset: its models, baselines, oracles and limits."""

from tidemark.core import command, params, paths, registry, trained
from tidemark.core.network import Architecture
from tidemark.core.scoring import Predict
from tidemark.core.store import DatasetInfo, read_info
from tidemark.core.task import Task
from tidemark.evaluation import origin
from tidemark.evaluation.entry import EvaluationEntry, references
from tidemark.evaluation.evaluate import Candidate
from tidemark.evaluation.evaluate import evaluate as score
from tidemark.evaluation.reference import reference
from tidemark.evaluation.trainings import training_of


def evaluate(task: str, name: str) -> None:
    """Score every predictor on dataset NAME of TASK; write scores and what stands behind them."""
    dataset, folder = paths.dataset(name), paths.details(task, name)
    info, settings = read_info(dataset), params.top("evaluation", EvaluationEntry)
    trained_here = (model(task, info, each) for each in params.models(task, name))
    score(trained_here, dataset, info, settings, folder / "models")
    others = (reference(task, info, dataset, *each) for each in references(task, name))
    score(others, dataset, info, settings, folder / "references")


def model(task: str, dataset: DatasetInfo, name: str) -> Candidate:
    """A trained model, with what it learnt from other seeds."""
    folder, scoring = paths.model(dataset.name, name), Task(task).scoring
    seeds = sum(1 for _ in (folder / "seeds").glob("*"))
    loaded = [trained.load(paths.training(folder, seed)) for seed in range(1 + seeds)]

    def prediction(of: trained.Trained) -> Predict:
        return lambda split, test: scoring.predict(of.network, of.device, split)

    first, *others = map(prediction, loaded)
    info = loaded[0].info
    neural = registry.load(f"{task}/models", info.arch, f"{folder}.arch", Architecture).neural
    learned = origin.Origin(origin.LEARNED, neural, training=training_of(folder, dataset))
    return Candidate(name, "model", info.causal, info.parameters, first, others, origin=learned)


if __name__ == "__main__":
    command.run(evaluate)
