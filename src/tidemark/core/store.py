"""Datasets on disk: one `.npy` an array, memory-mapped, and a JSON file of what they are."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.errors import InputError
from tidemark.core.files import check_file, describe
from tidemark.core.replacing import replacing

Array = np.ndarray[Any, np.dtype[Any]]
FIT = ("train", "validation")
"""Splits that models and baselines are fitted on; all others are for testing."""
Split = Mapping[str, Array]
"""Arrays of one split by name (`noisy`, `clean`, …); the first axis counts signals."""
UNTIMED = {"sampling_rate": 1.0, "rate_unit": "sample", "units": ""}
"""What a description says of signals that have no unit of time or value."""


@dataclass(frozen=True)
class DatasetInfo:
    """What a dataset's arrays are: written beside them, and read by everything downstream."""

    name: str
    task: str
    generator: str
    """What made it: a generator's name, or `recorded`."""
    channels: int
    length: int
    sampling_rate: float
    rate_unit: str
    """Unit of time that the sampling rate counts samples per: `s`, `week`, …"""
    units: str
    """Unit of one unit of the stored values times `std`; empty where there is none."""
    seed: int
    splits: Mapping[str, int]
    """Number of signals by split."""
    law: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the law that made the signals; empty where none is known."""
    tests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Laws of the further test sets, by name."""
    horizon: int = 0
    """Samples to forecast after the `length` ones of the input; 0 where nothing is forecast."""
    normalisation: str = "standard"
    """`window` where each signal was scaled by itself, not all of them alike."""
    season: int = 1
    """Samples in a season."""
    columns: Sequence[str] = ()
    """Names of the channels of the input in the table that they were recorded in; empty where unknown."""
    mean: Sequence[float] = (0.0,)
    std: Sequence[float] = (1.0,)
    """Recorded value = mean + std × stored value, by channel (or one of each for all)."""
    without_truth: bool = False
    """Whether nobody knows what is asked for: targets are then samples of the signals that inputs lack."""
    noise: Mapping[str, Any] = field(default_factory=dict)
    """What was found out of the noise of such signals."""
    classes: Sequence[str] = ()
    """Names of the classes; empty where nothing is classified."""
    participants: Sequence[str] = ()
    """Of a study, in the order of the numbers that stand for them."""
    spectrogram: Mapping[str, Any] = field(default_factory=dict)
    """Of a study, the short-time Fourier transform, as in params.yaml."""
    picture: Sequence[int] = ()
    """Frequencies and frames of such a spectrogram."""

    @property
    def test_sets(self) -> list[str]:
        """Names of all test sets, the one that follows the dataset's own law first."""
        return ["test", *self.tests]

    def check_task(self, task: str, where: str) -> None:
        """Raise `InputError`, naming the key `where`, unless the signals are for `task`."""
        if task != self.task:
            raise InputError(
                f"{where}.dataset = {self.name!r}: signals to {self.task}, not to {task}; "
                "name another dataset"
            )

    def of(self, test: str) -> DatasetInfo:
        """The same for one test set: with the law of its signals."""
        return replace(self, law=self.tests.get(test, self.law))


def write_json(path: Path, content: object) -> None:
    """Write `json_text`, atomically."""
    with replacing(path) as temporary:
        temporary.write_text(json_text(content))


def json_text(content: object) -> str:
    """Sorted, indented JSON; raises `ValueError` for what it does not hold."""
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """Read a JSON file; raise `InputError` if it is missing or no JSON."""
    check_file(path, missing="no such file; run `dvc repro` first")
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=_no_number)
        if "\\ud" in text.lower():  # half of a surrogate pair is no text, and cannot be written
            json.dumps(content, ensure_ascii=False).encode()
        return content
    except RecursionError:
        raise InputError(f"{path}: not a JSON file: nested too deeply") from None
    except ValueError as error:  # no UTF-8, no JSON, or a number of thousands of digits
        raise InputError(f"{path}: not a JSON file: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({describe(error)})") from None


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def write_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write `<name>.npy` for every array into `folder`, whole or not at all."""
    with replacing(folder) as temporary:
        _save(temporary, arrays)


def read_arrays(folder: Path) -> Split:
    """Memory-mapped arrays of a folder, by name."""
    paths = sorted(folder.glob("*.npy"))
    if not paths:
        raise InputError(f"{folder}: no arrays; run `dvc repro` to make them")
    return {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in paths}


def _save(folder: Path, arrays: Mapping[str, Array]) -> None:
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def plain(info: DatasetInfo) -> dict[str, Any]:
    """A description as plain values, without those that are empty."""
    return {key: value for key, value in asdict(info).items() if value or key in ("seed", "units")}


def write_dataset(folder: Path, info: DatasetInfo, splits: Mapping[str, Split]) -> None:
    """Write a dataset's two parts, each whole or not at all.

    `fit` holds `dataset.json`, `train/<array>.npy` and `validation/<array>.npy`; `test` holds `tests.json`
    and `<test set>/<array>.npy`: adding a test set leaves what models are trained on as it is.
    """
    with replacing(folder / "fit") as temporary:
        for split in FIT:
            _save(temporary / split, splits[split])
        write_info(temporary, info)
    with replacing(folder / "test") as temporary:
        for split in splits.keys() - {*FIT}:
            _save(temporary / split, splits[split])
        write_tests(temporary, info)


def write_info(folder: Path, info: DatasetInfo) -> None:
    """Write `dataset.json` into `folder`: all that training may know of the dataset."""
    counts = {split: count for split, count in info.splits.items() if split in FIT}
    write_json(folder / "dataset.json", plain(replace(info, splits=counts, tests={})))


def write_tests(folder: Path, info: DatasetInfo) -> None:
    """Write `tests.json` into `folder`: sizes and laws of the test sets."""
    counts = {split: count for split, count in info.splits.items() if split not in FIT}
    write_json(folder / "tests.json", {"splits": counts, "tests": info.tests})


def read_fit_info(folder: Path) -> DatasetInfo:
    """What the dataset in `folder` is, as far as training may know: nothing of its test sets."""
    return DatasetInfo(**read_json(folder / "fit" / "dataset.json"))


def read_info(folder: Path) -> DatasetInfo:
    """What the dataset in `folder` is, test sets included."""
    info, tests = read_fit_info(folder), read_json(folder / "test" / "tests.json")
    return replace(info, splits={**info.splits, **tests["splits"]}, tests=tests["tests"])


def read_split(folder: Path, split: str) -> Split:
    """Memory-mapped arrays of one split, by name."""
    return read_arrays(folder / ("fit" if split in FIT else "test") / split)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV, numbers to five significant digits, missing values as empty cells."""
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.5g}"
    return value
