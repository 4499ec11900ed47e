"""The store: whole or not at all, memory-mapped, never a pickle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tidemark.core import store
from tidemark.core.errors import InputError

INFO = store.DatasetInfo(
    name="a", task="denoise", generator="sine", channels=1, length=4, sampling_rate=1.0, rate_unit="s",
    units="", seed=0, splits={"train": 2, "validation": 1, "test": 3, "loud": 3}, law={"noise": 0.1},
    tests={"loud": {"noise": 0.9}}, mean=[0.5], std=[2.0],
)  # fmt: skip


def arrays(count: int, seed: int = 0) -> dict[str, store.Array]:
    random = np.random.default_rng(seed)
    noisy = random.standard_normal((count, 1, 4)).astype(np.float32)
    return {"noisy": noisy, "clean": np.full((count, 1, 4), np.nan)}


def write(folder: Path, info: store.DatasetInfo) -> dict[str, dict[str, store.Array]]:
    splits = {split: arrays(count, seed) for seed, (split, count) in enumerate(info.splits.items())}
    store.write_dataset(folder, info, splits)
    return splits


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dataset_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = write(tmp_path / "a", INFO)
    assert store.read_info(tmp_path / "a") == INFO
    for name, expected in written.items():
        split = store.read_split(tmp_path / "a", name)
        assert isinstance(split["noisy"], np.memmap)
        for key, array in expected.items():
            np.testing.assert_array_equal(split[key], array)


def test_what_fitting_reads_and_what_testing_reads_have_folders_of_their_own(tmp_path: Path) -> None:
    write(tmp_path / "a", INFO)
    files = sorted(contents(tmp_path / "a"))
    of_arrays = [f"{split}/{name}.npy" for split in ("train", "validation") for name in ("clean", "noisy")]
    assert [file for file in files if file.startswith("fit/")] == [
        f"fit/{file}" for file in sorted(["dataset.json", *of_arrays])
    ]
    tests = [f"{split}/{name}.npy" for split in ("loud", "test") for name in ("clean", "noisy")]
    assert [file for file in files if file.startswith("test/")] == [
        f"test/{file}" for file in sorted(["tests.json", *tests])
    ]
    assert len(files) == 10


def test_a_new_test_set_leaves_what_models_are_fitted_on_to_the_byte(tmp_path: Path) -> None:
    write(tmp_path / "a", INFO)
    before = contents(tmp_path / "a" / "fit")
    tests = {**INFO.tests, "quiet": {"noise": 0.01}}
    more = replace(INFO, splits={**INFO.splits, "quiet": 3}, tests=tests)
    write(tmp_path / "a", more)
    assert contents(tmp_path / "a" / "fit") == before
    assert store.read_info(tmp_path / "a").test_sets == ["test", "loud", "quiet"]


def test_fitting_knows_nothing_of_test_sets(tmp_path: Path) -> None:
    write(tmp_path / "a", INFO)
    assert store.read_fit_info(tmp_path / "a") == replace(
        INFO, splits={"train": 2, "validation": 1}, tests={}
    )


def test_each_test_set_has_its_law() -> None:
    assert INFO.of("loud").law == {"noise": 0.9}
    assert INFO.of("test") == INFO
    assert INFO.test_sets == ["test", "loud"]


def test_signals_of_another_task_are_refused() -> None:
    INFO.check_task("denoise", "models.x")
    with pytest.raises(InputError) as error:
        INFO.check_task("forecast", "models.x")
    assert str(error.value) == (
        "models.x.dataset = 'a': signals to denoise, not to forecast; name another dataset"
    )


def test_a_dataset_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    for read in (store.read_info, store.read_fit_info, lambda folder: store.read_split(folder, "train")):
        with pytest.raises(InputError, match="run `dvc repro`") as error:
            read(tmp_path / "none")
        assert "\n" not in str(error.value)


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for values in ({"a": np.zeros(1), "b": np.zeros(1)}, {"c": np.ones(1)}):
        store.write_arrays(tmp_path / "x", values)
    assert sorted(store.read_arrays(tmp_path / "x")) == ["c"]


def test_an_array_file_with_a_pickle_is_not_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([object()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        store.read_arrays(tmp_path)


def test_json_is_sorted_and_refuses_what_is_no_number(tmp_path: Path) -> None:
    store.write_json(tmp_path / "a.json", {"b": 1, "a": 2})
    assert (tmp_path / "a.json").read_text() == '{\n "a": 2,\n "b": 1\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        store.write_json(tmp_path / "b.json", {"a": float("nan")})
    assert not (tmp_path / "b.json").exists()


def test_a_table_has_five_digits_and_empty_cells(tmp_path: Path) -> None:
    store.write_table(tmp_path / "t.csv", ["a", "b"], [(1, 0.123456789), ("x", float("nan"))])
    assert (tmp_path / "t.csv").read_text() == "a,b\n1,0.12346\nx,\n"


def test_half_of_a_surrogate_pair_in_json_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(r'{"name": "\ud83d\ude00"}')
    assert store.read_json(path) == {"name": "\U0001f600"}
    path.write_text(r'{"name": ["\ud83d"]}')
    with pytest.raises(InputError, match=r"a\.json: not a JSON file: 'utf-8' codec can't encode"):
        store.read_json(path)
