"""Rivals' predictions scored as this project's own are, beside the best of its baselines and networks.

The metric is the dataset's headline with its interval, the windows are the dataset's own test windows, or those of
them that windows.py chose; the baseline is then scored on the same ones, and the network where it is trained here.

Run after the rivals: python benchmarks/rivals/score.py DATASET … [--folder runs/rivals] [--keep]
With --keep, write metrics/rivals/<task>-<dataset>.json, which docs/results.md shows.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core import params, paths, store, trained
from tidemark.core.command import one_line_errors
from tidemark.core.errors import InputError
from tidemark.core.scoring import Predict
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Task
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Predictor
from tidemark.evaluation.entry import GROUPS, EvaluationEntry, method_of, references
from tidemark.evaluation.evaluate import scores
from tidemark.evaluation.reference import prediction
from tidemark.report import provenance
from tidemark.report.page.rivals import FOLDER as METRICS

FOLDER = Path("runs/rivals")
Interval = list[float]
"""Value, low, high."""


@dataclass(frozen=True)
class View:
    """A dataset whose only test set is the windows that rivals predicted."""

    folder: Path
    info: DatasetInfo
    chosen: Array
    """Their places among all test windows."""
    entry: EvaluationEntry

    def score(self, predict: Predict) -> Interval:
        """The headline of what predicts the test windows."""
        scoring = Task(self.info.task).scoring
        predictions = scoring.collect(predict, self.folder, self.info)
        found = scores(scoring, [predictions.values["test"]], predictions.splits["test"], self.entry)
        best = found[scoring.headline]
        return [float(f"{value:.5g}") for value in (best.value, best.low, best.high)]


@contextmanager
def view(dataset: Path, chosen: Array, entry: EvaluationEntry) -> Iterator[View]:
    """The dataset in a folder of its own with the chosen test windows alone."""
    info = store.read_info(dataset)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fit").symlink_to((dataset / "fit").absolute())
        test = {key: np.asarray(array)[chosen] for key, array in store.read_split(dataset, "test").items()}
        store.write_arrays(folder / "test" / "test", test)
        yield View(folder, replace(info, tests={}), chosen, entry)


def shaped(task: str, arrays: Mapping[str, Array]) -> Predict:
    """Saved predictions as the task's metrics want them."""

    def predict(split: Split, test: str) -> Array:
        found = np.asarray(arrays[test])
        if task != "infer":
            return found
        # Rivals give the first two rows, mean and standard deviation, and the headline reads no more.
        from tidemark.infer.learning import PATHS, ROWS

        mean, std = found[:, :1], found[:, 1:2]
        return np.concatenate([mean, std, mean, std, mean, *[mean] * PATHS], 1)[:, : len(ROWS) + PATHS]

    return predict


def best(dataset: str, task: str, side: str) -> Predictor | None:
    """The best network or classical method among the committed scores."""
    return next(iter(comparison.read(paths.metrics(task, dataset)).of_side(side)), None)


def of_ours(view: View, own: Predictor) -> Interval | None:
    """The committed score of ours where all test windows are predicted; else that on the chosen ones, if it can be."""
    task, headline = view.info.task, Task(view.info.task).scoring.headline
    if len(view.chosen) == store.read_info(paths.dataset(view.info.name)).splits["test"]:
        score = own.score(headline)
        return [float(f"{value:.5g}") for value in (score.value, score.low, score.high)]
    if own.kind == "model":
        folder = paths.model(view.info.name, own.name)
        if not folder.exists():
            return None
        loaded = trained.load(folder)
        return view.score(
            lambda split, test: Task(task).scoring.predict(loaded.network, loaded.device, split)
        )
    return of_baseline(view, own.name)


def of_baseline(view: View, wanted: str) -> Interval:
    """A baseline's score on the chosen windows, with the options that params.yaml has now."""
    task, dataset = view.info.task, view.info.name
    known = {name: (name, group, entry) for name, group, entry in references(task, dataset)}
    if wanted not in known:
        raise InputError(f"{paths.params(task)}: no {wanted}; expected one of {', '.join(known)}")
    method, options = method_of(task, dataset, *known[wanted])
    return view.score(prediction(task, view.info, view.folder, GROUPS[known[wanted][1]], method, options))


def scored(dataset: str, folder: Path, baseline: str | None = None) -> dict[str, Any]:
    """What is kept of a dataset, but for its provenance; `baseline`, a label, takes the place of the best one."""
    with np.load(folder / f"{dataset}.npz", allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
    task, rivals = about["task"], {}
    scoring = Task(task).scoring
    entry = params.top("evaluation", EvaluationEntry)
    with view(paths.dataset(dataset), np.array(about["chosen"]), entry) as own:
        for path in sorted((folder / dataset).glob("*.npz")):
            with np.load(path, allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files if key != "about"}
                said = json.loads(str(file["about"]))
            name = said.pop("name")
            try:
                rivals[name] = {"score": own.score(shaped(task, arrays))} | said
            except InputError as error:
                raise InputError(f"{path}: {error}") from None
        ours: dict[str, Any] = {}
        for key, side in (("baseline", "classical"), ("network", "network")):
            if found := best(dataset, task, side):
                ours[key] = {"name": found.name, "score": of_ours(own, found)}
        if baseline:
            name = f"{dataset}-{baseline}"
            ours["baseline"] = {"name": name, "score": of_baseline(own, name)}
    if not rivals:
        raise InputError(f"{folder / dataset}: no predictions; run a rival first")
    sign = -1 if scoring.better[scoring.headline] == "higher" else 1
    return {
        "task": task,
        "dataset": dataset,
        "metric": scoring.headline,
        "better": scoring.better[scoring.headline],
        "windows": len(about["chosen"]),
        "of": about["of"],
        **ours,
        "rivals": dict(sorted(rivals.items(), key=lambda each: sign * each[1]["score"][0])),
    }


def ratio(record: Mapping[str, Any], rival: str, ours: str) -> float:
    """A rival's error over ours; of scores that are better when higher, ours over the rival's."""
    score = (record.get(ours) or {}).get("score")
    if score is None:
        return float("nan")
    pair = record["rivals"][rival]["score"][0], score[0]
    return float(pair[0] / pair[1] if record["better"] == "lower" else pair[1] / pair[0])


def show(record: Mapping[str, Any]) -> None:
    """Print a row for each rival."""
    print(f"\n{record['dataset']}: {record['metric']}, {record['windows']} of {record['of']} test windows")
    for key in ("baseline", "network"):
        if record.get(key):
            print(f"  our best {key}: {record[key]['name']} {record[key]['score']}")
    for name, each in record["rivals"].items():
        low, high = each["score"][1:]
        print(f"  {name:24} {each['score'][0]:<9.5g} [{low:.4g}, {high:.4g}]  "
              f"{ratio(record, name, 'baseline'):.3g} times our baseline, "
              f"{ratio(record, name, 'network'):.3g} times our network; "
              f"{each['library']} {each['version']}, {each['cpu_seconds']} CPU s, {each['options']}")  # fmt: skip


def main() -> None:
    """Print every table; with `--keep`, write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument(
        "--baseline", help="label of the one to hold rivals against, scored anew; else the best"
    )
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    with one_line_errors():
        for dataset in options.datasets:
            record = scored(dataset, options.folder, options.baseline)
            show(record)
            if options.keep:
                task = record["task"]
                command = f"sh benchmarks/rivals/run.sh {dataset}"
                ours = [record["baseline"]["name"]]
                device = f"{provenance.processor()}, one thread"
                record["provenance"] = provenance.of(Path(), task, dataset, ours, [], command, device=device)
                comparison.write_compact(paths.METRICS / METRICS / f"{task}-{dataset}.json", record)


if __name__ == "__main__":
    main()
