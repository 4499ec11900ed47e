"""Train one model on one dataset."""

from tidemark.core import command, params, paths, trained
from tidemark.core.store import read_fit_info, replacing, write_arrays, write_table
from tidemark.core.task import Task
from tidemark.training import entry as entries
from tidemark.training.entry import FinetunedEntry, TrainingDefaults
from tidemark.training.run import curve_table, learning_arrays, train_model


def train(task: str, name: str) -> None:
    """Train model NAME of TASK: its weights, its curve and the snapshots of its learning."""
    entry = entries.of(task, name)
    dataset, learning = paths.dataset(entry.dataset), Task(task).learning
    source = paths.MODELS / entry.init_from if isinstance(entry, FinetunedEntry) else None
    where = params.where(task, params.models(task)[name], name)
    read_fit_info(dataset).check_task(task, where)
    info, weights, history = train_model(
        name, entry, params.top("training", TrainingDefaults), where, dataset, paths.resume(name), source
    )
    with replacing(paths.model(entry.dataset, name)) as folder:
        trained.save(folder, info, weights, history.checkpoints, entry.model_dump())
        write_table(folder / "curve.csv", *curve_table(history, learning))
        write_arrays(folder / "learning", learning_arrays(history, learning, dataset))


if __name__ == "__main__":
    command.run(train)
