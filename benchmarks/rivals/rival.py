"""What all rivals share: windows read, options chosen on validation windows, predictions written.

Runs in the rivals' environment, without this project's package.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
Split = Mapping[str, Array]
Options = Mapping[str, Any]
Predict = Callable[[Options, Split, Mapping[str, Any]], Array]
"""(options, split, what `fit` returned) → predictions."""
SECONDS = 80.0
"""CPU seconds for one rival on one dataset, tuning included; no option is tried after half of them."""
SEED = 0


@dataclass(frozen=True)
class Data:
    """Windows of one dataset."""

    about: Mapping[str, Any]
    """name, task, horizon, season, sampling_rate, test windows (`chosen`) and how many there are (`of`)."""
    splits: Mapping[str, Split]
    """train, validation and test; the last without its targets."""


@dataclass(frozen=True)
class Rival:
    """One method of a library."""

    library: str
    grid: Sequence[Options]
    predict: Callable[[Options, Split, Any, Data], Array]
    """(options, split, what `fit` returned, data) → predictions, shaped like the targets."""
    fit: Callable[[Options, Data], Any] = lambda options, data: None
    validation: int | None = None
    """Validation windows that options are chosen on, evenly spaced; none takes all."""
    final: Options | None = None
    """Options of the last fit beside those chosen, such as more seeds."""
    per_window: bool = False
    """Whether nothing is learned from training windows."""


def read(path: Path) -> Data:
    """The windows that windows.py wrote."""
    with np.load(path, allow_pickle=False) as file:
        splits: dict[str, dict[str, Array]] = {"train": {}, "validation": {}, "test": {}}
        for key in file.files:
            if key != "about":
                split, _, name = key.partition(".")
                splits[split][name] = file[key]
        return Data(json.loads(str(file["about"])), splits)


def part(split: Split, count: int | None) -> Split:
    """So many windows of a split, evenly spaced."""
    total = len(next(iter(split.values())))
    if count is None or count >= total:
        return split
    places = np.linspace(0, total - 1, count).round().astype(int)
    return {name: array[places] for name, array in split.items()}


def run(data: Data, name: str, rival: Rival, score: Callable[[Array, Split], float], folder: Path) -> None:
    """Choose options (least `score` on validation windows), predict test windows, write `<name>.npz`."""
    start = time.process_time()
    held = part(data.splits["validation"], rival.validation)
    tried: list[tuple[float, Options]] = []
    for options in rival.grid:
        if tried and time.process_time() - start > SECONDS / 2:
            break
        try:
            value = score(rival.predict(options, held, rival.fit(options, data), data), held)
        except Exception as error:  # a library refuses some options; the others are tried
            print(f"{name} {dict(options)}: {type(error).__name__}: {error}", flush=True)
            continue
        tried.append((value, options))
        print(f"  {name} {value:.5g} {dict(options)} {time.process_time() - start:.0f} s", flush=True)
    if not tried:
        print(f"{name}: nothing works on {data.about['name']}")
        return
    best, options = min(tried, key=lambda each: each[0])
    final = {**options, **(rival.final or {})}
    learned = rival.fit(final, data)
    arrays = {"test": rival.predict(final, data.splits["test"], learned, data)}
    if data.about["task"] == "classify":  # smoothing over time is chosen on validation windows
        arrays["validation"] = rival.predict(final, data.splits["validation"], learned, data)
    about = {
        "name": name,
        "library": rival.library,
        "version": version(rival.library),
        "options": final,
        "validation": {
            "score": best,
            "windows": len(next(iter(held.values()))),
            "tried": len(tried),
            "of": len(rival.grid),
        },
        "way": "fitted to each signal" if rival.per_window else "learned on many signals",
        "cpu_seconds": round(time.process_time() - start, 1),
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"{name}.npz", about=json.dumps(about), **arrays)
    print(f"{name}: {about['cpu_seconds']:.0f} CPU s, validation {best:.5g}, {final}", flush=True)


def main(rivals: Callable[[Data], Mapping[str, Rival]], score: Callable[[Array, Split], float]) -> None:
    """Run those named, or all that make sense on the dataset."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=Path("runs/rivals"))
    chosen = parser.parse_args()
    data = read(chosen.folder / f"{chosen.dataset}.npz")
    known = rivals(data)
    for name in chosen.names or known:
        run(data, name, known[name], score, chosen.folder / chosen.dataset)


def mean_squared_error(prediction: Array, split: Split) -> float:
    """Of forecasts, over present values."""
    return float(np.nanmean(np.square(prediction - split["future"])))


def mean_absolute_error(prediction: Array, split: Split) -> float:
    """Of denoised signals, over present values."""
    return float(np.nanmean(np.abs(prediction - split["clean"])))


def filled(row: Array) -> Array:
    """A row from its first present value on, later gaps interpolated linearly."""
    present = np.flatnonzero(~np.isnan(row))
    return np.interp(np.arange(present[0], len(row)), present, row[present]).astype(np.float64)


def before(split: Split, samples: int | None) -> Array:
    """The last `samples` values before each forecast (windows, samples), NaN where missing; none takes all."""
    past = np.concatenate([split[name] for name in ("history", "past") if name in split], axis=-1)[:, 0]
    return past.astype(np.float64) if samples is None else past[:, -samples:].astype(np.float64)


def grid(**values: Iterable[Any]) -> list[dict[str, Any]]:
    """All combinations."""
    result: list[dict[str, Any]] = [{}]
    for name, each in values.items():
        result = [{**one, name: value} for one in result for value in each]
    return result
