"""Train one model on one dataset."""

from tidemark.core import command, params, paths, trained
from tidemark.core.replacing import replacing
from tidemark.core.store import read_fit_info, write_arrays, write_json, write_table
from tidemark.core.task import Task
from tidemark.core.training_settings import settings
from tidemark.training import entry as entries
from tidemark.training import resume
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults
from tidemark.training.run import RUNS, Run, curve_table, learning_arrays, train_model


def train(task: str, name: str) -> None:
    """Train model NAME of TASK: its weights, its curve and the snapshots of its learning.

    From further seeds, its weights alone.
    """
    entry, seeds = entries.of(task, name), params.seeds()
    dataset, learning = paths.dataset(entry.dataset), Task(task).learning
    where = params.where(task, params.models(task)[name], name)
    read_fit_info(dataset).check_task(task, where)
    trainings = [entry.from_seed(seed) for seed in range(seeds)]
    runs = [run(name, training, where, seed) for seed, training in enumerate(trainings)]
    if not runs[0].writes:
        return
    with replacing(paths.model(entry.dataset, name)) as folder:
        for seed, (info, weights, history, _, calibration) in enumerate(runs):
            chosen, place = trainings[seed].model_dump(), paths.training(folder, seed)
            trained.save(place, info, weights, history.checkpoints, chosen, calibration)
        history = runs[0].history
        write_table(folder / "curve.csv", *curve_table(history, learning))
        write_arrays(folder / "learning", learning_arrays(history, learning, dataset))
    content = {
        "cpu_seconds": runs[0].history.cpu_seconds,
        "settings": settings(paths.model(entry.dataset, name)),
    }
    write_json(paths.cost(name), content)
    for seed in range(seeds):
        resume.forget(paths.resume(name, seed))


def run(name: str, entry: ModelEntry, where: str, seed: int) -> Run:
    """One training; a model that goes on from another does so from what that learnt from the same seed."""
    defaults, source = params.top("training", TrainingDefaults), None
    if isinstance(entry, FinetunedEntry):
        source = paths.training(paths.MODELS / entry.init_from, seed)
    points = paths.resume(name, seed)
    events = RUNS / "seeds" / str(seed) if seed else RUNS
    return train_model(name, entry, defaults, where, paths.dataset(entry.dataset), points, source, events)


if __name__ == "__main__":
    command.run(train)
