"""How long each predictor of a dataset takes to forecast, against the best network.

Every model, baseline and limit that pipelines/forecast/params.yaml names for the dataset forecasts the same test
signals, one alone and all at once; what is loaded, or fitted on training signals, is so before. One thread, CPU
seconds, the median of runs taken in turn, and the mean squared error of these forecasts. With `--smoke`, untrained
networks on a few signals drawn for it.

Run after `tidemark repro`: python benchmarks/forecast_speed.py [DATASET] [--signals N] [--runs N] [--keep] [--smoke]
"""

import argparse
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from tidemark.core import params, paths, store, trained
from tidemark.core.command import one_line_errors
from tidemark.core.frozen import Frozen
from tidemark.core.limit import Limit
from tidemark.core.scoring import Predict
from tidemark.core.store import Array, DatasetInfo
from tidemark.core.task import Task
from tidemark.evaluation.entry import GROUPS, limit_of, method_of, references
from tidemark.evaluation.reference import prediction
from tidemark.report import provenance
from tidemark.signals.dataset import generate_dataset
from tidemark.training import entry as entries

TASK = "forecast"
CPU = torch.device("cpu")
ALONE = 10
"""Signals that are forecast alone in each run, one after the other."""
Forecast = Callable[[store.Split], Array]


@contextmanager
def drawn(dataset: str) -> Iterator[None]:
    """A folder of its own to work in, with the dataset at scale smoke and nothing trained."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree("pipelines", folder / "pipelines")
        top = re.sub(r"(?m)^scale:.*", "scale: smoke", params.TOP.read_text())
        (folder / params.TOP).write_text(top)
        with chdir(folder):
            generate_dataset(TASK, dataset)
            yield


def networks(info: DatasetInfo, smoke: bool) -> Iterator[tuple[str, trained.Trained]]:
    """Every trained model of the dataset by name; for `smoke`, its untrained network."""
    for name in params.models(TASK):
        entry = entries.of(TASK, name)
        if entry.dataset != info.name:
            continue
        if not smoke:
            yield name, trained.load(paths.model(info.name, name), CPU)
        elif not isinstance(entry, entries.FinetunedEntry):
            network = trained.build(
                entry.arch, entry.hyperparameters, info, params.where(TASK, "models", name)
            )
            untrained = trained.TrainedInfo(name, entry.arch, entry.hyperparameters, network.causal, 0, info)
            yield name, trained.Trained(untrained, network.folded().eval(), CPU)


def predictors(info: DatasetInfo, smoke: bool) -> tuple[list[str], dict[str, Forecast]]:
    """Names of the models, and by name what forecasts the signals of a split."""
    scoring = Task(TASK).scoring
    everyone: dict[str, Forecast] = {
        name: partial(scoring.predict, model.network, CPU) for name, model in networks(info, smoke)
    }
    models = list(everyone)
    for name, group, entry in references(TASK, info.name):
        described = (TASK, info.name, name, group, entry)
        if GROUPS[group] == "limit":
            everyone[name] = answer_of(*limit_of(*described), info)
        else:
            folder = paths.dataset(info.name)
            everyone[name] = forecast_of(
                prediction(TASK, info, folder, GROUPS[group], *method_of(*described))
            )
    return models, everyone


def answer_of(limit: Limit, options: Frozen, info: DatasetInfo) -> Forecast:
    """What a limit's figures show."""
    return lambda split: limit.answer(split, info, options).shown


def forecast_of(predict: Predict) -> Forecast:
    """A method that knows all but the signals."""
    return lambda split: predict(split, "test")


def taken(forecast: Forecast, split: store.Split) -> tuple[float, Array]:
    """CPU seconds, and the forecasts."""
    start = time.process_time()
    prediction = forecast(split)
    return time.process_time() - start, prediction


def compare(dataset: str, signals: int, runs: int, smoke: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Time everyone in turn and print a row for each, the fastest alone first.

    Returns CPU seconds of a forecast alone, and of one of many at once.
    """
    info, scoring = store.read_info(paths.dataset(dataset)), Task(TASK).scoring
    test = store.read_split(paths.dataset(dataset), "test")
    split = {key: np.array(array[:signals]) for key, array in test.items()}
    count = len(next(iter(split.values())))
    ones = [
        {key: array[place : place + 1] for key, array in split.items()} for place in range(min(count, ALONE))
    ]
    models, everyone = predictors(info, smoke)
    errors: dict[str, float] = {}
    alone: dict[str, list[float]] = {name: [] for name in everyone}
    batched: dict[str, list[float]] = {name: [] for name in everyone}
    for run in range(runs + 1):  # the first run warms up
        for name, forecast in everyone.items():
            seconds, prediction = taken(forecast, split)
            if run == 0:
                sums = (part.sum(0) for part in scoring.sums(prediction, split)["mse"])
                errors[name] = float(scoring.metric("mse", *sums))
            each = [taken(forecast, one)[0] for one in (ones[0], *ones)][1:]  # the first is for the caches
            if run:
                batched[name].append(seconds / count)
                alone[name] += each
    single, many = ({name: median(each) for name, each in spent.items()} for spent in (alone, batched))
    best = min(models, key=errors.__getitem__)
    for name in sorted(everyone, key=single.__getitem__):
        print(f"{name}: a forecast alone {1e6 * single[name]:.3g} µs, {single[name] / single[best]:.3g} times {best}; "
              f"one of {count} {1e6 * many[name]:.3g} µs, {many[name] / many[best]:.3g} times; "
              f"MSE {errors[name]:.3g}", flush=True)  # fmt: skip
    return single, many


def main() -> None:
    """Print every row; with `--keep`, write the times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", default="harmonics-noisy")
    parser.add_argument("--signals", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--keep", action="store_true", help="write metrics/speed/<dataset>.json, for the report"
    )
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds; not with --keep")
    chosen = parser.parse_args()
    if chosen.smoke and chosen.keep:
        parser.error("--keep: times of untrained networks on a few signals are not for the report")
    torch.set_num_threads(1)
    with one_line_errors(), threadpool_limits(1):  # of NumPy's linear algebra, too
        if chosen.smoke:
            with drawn(chosen.dataset):
                compare(chosen.dataset, 4, 1, smoke=True)
            return
        measured = compare(chosen.dataset, chosen.signals, chosen.runs, smoke=False)
    if chosen.keep:
        alone, many = ({name: float(f"{1e6 * each:.3g}") for name, each in one.items()} for one in measured)
        command = f"python benchmarks/forecast_speed.py {chosen.dataset} --keep"
        device = f"{provenance.processor()}, one thread"
        origin = provenance.of(Path(), TASK, chosen.dataset, list(many), [], command, device=device)
        record = {"microseconds": many, "microseconds_alone": alone, "provenance": origin}
        store.write_json(paths.METRICS / "speed" / f"{chosen.dataset}.json", record)


if __name__ == "__main__":
    main()
