"""How long each predictor of a dataset takes to forecast, against the best network.

Every model, baseline and limit that params.yaml names for the dataset forecasts the same test signals; what is
learned from training signals is learned before. One thread, CPU seconds, the median of runs taken in turn.

Run after `tidemark repro`: python benchmarks/forecast_speed.py [DATASET] [--signals N] [--runs N] [--keep]
"""

import argparse
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch

from tidemark import trained
from tidemark.core import params, registry, store
from tidemark.core.entries import Params

Forecast = Callable[[], object]


def predictors(settings: Params, dataset: str, signals: int) -> dict[str, Forecast]:
    """By name, what forecasts the first `signals` test signals."""
    folder = Path("data") / dataset
    info = store.read_info(folder)
    split = {key: array[:signals] for key, array in store.read_split(folder, "test").items()}
    found: dict[str, Forecast] = {}
    for name, entry in settings.networks.items():
        if entry.dataset == dataset:
            model = trained.load(Path("models") / name, torch.device("cpu"))
            found[name] = lambda model=model: model.estimate(split["past"])  # type: ignore[misc]
    for group, entries in [("baselines", settings.baselines), ("limits", settings.limits)]:
        for name, reference in entries.items():
            if reference.dataset != dataset:
                continue
            method = registry.load(f"{group}/{reference.task}", reference.method, name)
            options = params.validate(method.Options, reference.options, name)
            learned = []
            if learn := getattr(method, "learn", None):
                known = (store.read_split(folder, each) for each in ("train", "validation"))
                learned = [learn(*known, info, options)]
            found[name] = lambda method=method, rest=(info, options, *learned): method.estimate(split, *rest)  # type: ignore[misc]
    return found


def main() -> None:
    """Time everyone in turn and print a row for each, the fastest first."""
    settings = params.load()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", default="harmonics-noisy")
    parser.add_argument("--signals", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--keep", action="store_true", help="write metrics/speed/<dataset>.json, for the report"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    everyone = predictors(settings, arguments.dataset, arguments.signals)
    scores = {
        name: store.read_json(Path("metrics") / f"{name}.json")["test"]["test"]["mse"]["value"]
        for name in everyone
    }
    best = min((name for name in everyone if name in settings.networks), key=scores.__getitem__)
    spent: dict[str, list[float]] = {name: [] for name in everyone}
    for _ in range(arguments.runs + 1):  # the first run warms up
        for name, forecast in everyone.items():
            start = time.process_time()
            forecast()
            spent[name].append(time.process_time() - start)
    seconds = {name: median(runs[1:]) for name, runs in spent.items()}
    if arguments.keep:
        kept = {name: float(f"{1e6 * spent / arguments.signals:.3g}") for name, spent in seconds.items()}
        record = {"device": f"CPU, {platform.machine()}, one thread", "microseconds": kept}
        store.write_json(Path("metrics/speed") / f"{arguments.dataset}.json", record)
    for name in sorted(everyone, key=seconds.__getitem__):
        each = 1e6 * seconds[name] / arguments.signals
        print(
            f"{name}: {each:.3g} µs a forecast, {seconds[name] / seconds[best]:.3g} times {best}, "
            f"MSE {scores[name]:.3g}",
            flush=True,
        )


if __name__ == "__main__":
    main()
