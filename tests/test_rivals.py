"""Windows for rivals, and rivals' scores beside ours; none of their libraries is needed."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from support.scored import VIEW, compared, predictor
from tidemark.core.store import Array, DatasetInfo, read_split, write_dataset
from tidemark.evaluation.comparison import Score
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.report import markdown
from tidemark.report.page import results, rivals

FOLDER = Path(__file__).parents[1] / "benchmarks" / "rivals"
ENTRY = EvaluationEntry(resamples=200, confidence=0.95, seed=0, examples=3)


def script(name: str) -> ModuleType:
    described = importlib.util.spec_from_file_location(f"rivals_{name}", FOLDER / f"{name}.py")
    assert described and described.loader
    module = importlib.util.module_from_spec(described)
    sys.modules[described.name] = module  # where dataclasses look their annotations up
    described.loader.exec_module(module)
    return module


windows, rival, score = script("windows"), script("rival"), script("score")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)

    def split(count: int) -> dict[str, Array]:
        arrays = {
            "past": random.normal(size=(count, 1, 8)).astype(np.float32),
            "future": random.normal(size=(count, 1, 3)).astype(np.float32),
            "history": random.normal(size=(count, 1, 5)).astype(np.float32),
            "periods": np.ones((count, 2), dtype=np.int64),
        }
        arrays["future"][0, 0, 1] = np.nan
        return arrays

    counts = {"train": 6, "validation": 4, "test": 9}
    info = DatasetInfo("waves", "forecast", "recorded", 1, 8, 1.0, "year", "", 0, counts, horizon=3, season=2)
    write_dataset(tmp_path / "waves", info, {name: split(count) for name, count in counts.items()})
    return tmp_path / "waves"


def test_windows_are_those_of_the_dataset_without_the_tests_targets(dataset: Path) -> None:
    arrays = windows.contents(dataset, 3)
    about = json.loads(str(arrays.pop("about")))
    assert about["chosen"] == [0, 4, 8] and about["of"] == 9
    assert (about["name"], about["task"], about["horizon"], about["season"]) == ("waves", "forecast", 3, 2)
    for split in ("train", "validation"):
        for name in ("past", "future", "history"):
            np.testing.assert_array_equal(arrays.pop(f"{split}.{name}"), read_split(dataset, split)[name])
    for name in ("past", "history"):
        np.testing.assert_array_equal(
            arrays.pop(f"test.{name}"), read_split(dataset, "test")[name][[0, 4, 8]]
        )
    assert not arrays  # neither the future of a test window nor what a law drew


def test_all_windows_where_no_number_is_given(dataset: Path) -> None:
    assert json.loads(str(windows.contents(dataset)["about"]))["chosen"] == [*range(9)]
    assert windows.chosen(4, 10).tolist() == [0, 1, 2, 3]


def test_a_rival_is_chosen_on_validation_and_scored_as_by_hand(dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "waves.npz"
    with path.open("wb") as file:
        np.savez(file, **windows.contents(dataset, 5))
    data = rival.read(path)

    def repeat(options: dict[str, float], split: dict[str, Array], learned: object, data: object) -> Array:
        return np.repeat(split["past"][..., -1:], 3, -1) * options["factor"]

    method = rival.Rival("numpy", rival.grid(factor=[2.0, 0.0, 1.0]), repeat)
    rival.run(data, "shrunk", method, rival.mean_squared_error, tmp_path)
    with np.load(tmp_path / "shrunk.npz") as file:
        said, found = json.loads(str(file["about"])), file["test"]
    errors = {}
    for factor in (0.0, 1.0, 2.0):
        held = read_split(dataset, "validation")
        each = [
            (factor * past[0, -1] - value) ** 2
            for past, future in zip(held["past"], held["future"], strict=True)
            for value in future[0]
            if not np.isnan(value)
        ]
        errors[factor] = sum(each) / len(each)
    assert said["options"] == {"factor": min(errors, key=errors.__getitem__)}
    assert said["validation"]["score"] == pytest.approx(min(errors.values()))
    assert said["validation"]["tried"] == 3

    test = read_split(dataset, "test")
    squares = [
        (float(found[row, 0, step]) - float(test["future"][place, 0, step])) ** 2
        for row, place in enumerate([0, 2, 4, 6, 8])
        for step in range(3)
        if not np.isnan(test["future"][place, 0, step])
    ]
    with score.view(dataset, np.array([0, 2, 4, 6, 8]), ENTRY) as view:
        value, low, high = view.score(score.shaped("forecast", {"test": found}))
    assert value == pytest.approx(sum(squares) / len(squares), rel=1e-4)
    assert low <= value <= high


def test_a_rival_that_ratios_to_ours() -> None:
    record = {"better": "lower", "rivals": {"a": {"score": [0.3, 0, 1]}}, "baseline": {"score": [0.2, 0, 1]}}
    assert score.ratio(record, "a", "baseline") == pytest.approx(1.5)
    assert score.ratio(record | {"better": "higher"}, "a", "baseline") == pytest.approx(2 / 3)
    assert np.isnan(score.ratio(record, "a", "network"))


def test_gaps_are_filled_for_rivals_that_take_none() -> None:
    row = np.array([np.nan, np.nan, 1.0, np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(rival.filled(row), [1.0, 2.0, 3.0, 3.0])
    split = {"history": np.array([[[1.0, 2.0]]]), "past": np.array([[[3.0, 4.0]]])}
    np.testing.assert_array_equal(rival.before(split, 3), [[2.0, 3.0, 4.0]])


def test_what_is_kept_is_what_the_page_reads(tmp_path: Path) -> None:
    assert rivals.read(tmp_path / "none") == {}
    each = {"library": "numpy", "version": "2", "way": "learned on many signals", "cpu_seconds": 3.5}
    content = {
        "task": "forecast", "dataset": "waves", "windows": 5, "of": 9,
        "baseline": {"name": "waves-last", "score": [0.2, 0.1, 0.3]},
        "rivals": {"shrunk": {"score": [0.1, 0.05, 0.2]} | each},
    }  # fmt: skip
    (tmp_path / "forecast-waves.json").write_text(json.dumps(content))
    found = rivals.read(tmp_path)["forecast", "waves"]
    assert (found.windows, found.of, found.baseline) == (5, 9, "waves-last")
    assert found.against == Score(0.2, 0.1, 0.3)
    assert [each.name for each in found.rivals] == ["shrunk"]
    with_rivals = results.Result(
        compared(predictor("last", "baseline", mse=0.2), predictor("net", "model", mse=0.3)),
        results.Section(view=VIEW), Path(), {}, {}, {}, found,
    )  # fmt: skip
    text = markdown.details([with_rivals])
    assert "Methods of other libraries on 5 of the 9 test signals" in text
    assert "| shrunk | numpy 2 | learned on many signals | 0.1000 [0.0500, 0.200] | 0.50 | 4 |" in text
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(rivals.InputError, match=r"other\.json: no scores of rivals"):
        rivals.read(tmp_path)
