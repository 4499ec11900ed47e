"""Windows of a dataset for programs without this project's package: one plain .npz, no target of a test window in it.

Arrays are `<split>.<name>`, split train, validation or test, NaN where missing; what a law drew and nobody is told
is left out. `about` is JSON: name, task, horizon, season, sampling rate, classes, and which test windows there are
(`chosen`, all by default, otherwise `--windows` of them, evenly spaced) of how many (`of`).

Run: python benchmarks/rivals/windows.py DATASET [--windows N] [--folder runs/rivals]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core import paths, store
from tidemark.core.command import one_line_errors
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Task
from tidemark.evaluation.reference import without

FOLDER = Path("runs/rivals")


def chosen(total: int, windows: int | None) -> Array:
    """Which of `total` test windows are predicted: `windows` of them, evenly spaced."""
    if windows is None or windows >= total:
        return np.arange(total)
    return np.linspace(0, total - 1, windows).round().astype(np.int64)


def contents(folder: Path, windows: int | None = None) -> dict[str, Array]:
    """What is written of the dataset in `folder`, by key."""
    info = store.read_info(folder)
    task = Task(info.task)
    hidden = [*task.scoring.latent]
    place = chosen(info.splits["test"], windows)
    result: dict[str, Array] = {"about": np.array(json.dumps(about(info, place)))}
    for split in ("train", "validation", "test"):
        arrays: Split = without(store.read_split(folder, split), hidden)
        if split == "test":
            arrays = {n: a[place] for n, a in without(arrays, [task.learning.target]).items()}
        result |= {f"{split}.{name}": np.asarray(array) for name, array in arrays.items()}
    return result


def about(info: DatasetInfo, place: Array) -> dict[str, Any]:
    """What a rival may know of the dataset."""
    return {
        "name": info.name,
        "task": info.task,
        "horizon": info.horizon,
        "season": info.season,
        "sampling_rate": info.sampling_rate,
        "classes": list(info.classes),
        "chosen": place.tolist(),
        "of": info.splits["test"],
    }


def main() -> None:
    """Write `<folder>/<dataset>.npz`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset")
    parser.add_argument("--windows", type=int, help="test windows, evenly spaced; all by default")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    with one_line_errors():
        path = options.folder / f"{options.dataset}.npz"
        arrays = contents(paths.dataset(options.dataset), options.windows)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        print(f"{path}: {len(json.loads(str(arrays['about']))['chosen'])} test windows")


if __name__ == "__main__":
    main()
