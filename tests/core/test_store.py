"""The store: whole or not at all, memory-mapped, never a pickle."""

from pathlib import Path

import numpy as np
import pytest

from tidemark.core import store
from tidemark.core.errors import InputError

INFO = store.DatasetInfo(
    name="a", generator="sine", channels=1, length=4, sampling_rate=1.0, rate_unit="s", units="", seed=0,
    splits={"train": 2},
)  # fmt: skip


def test_a_dataset_comes_back_as_it_was_written(tmp_path: Path) -> None:
    arrays = {"noisy": np.arange(8, dtype=np.float32).reshape(2, 1, 4), "clean": np.full((2, 1, 4), np.nan)}
    store.write_dataset(tmp_path / "a", INFO, {"train": arrays})
    split = store.read_split(tmp_path / "a", "train")
    assert store.read_info(tmp_path / "a") == INFO or store.read_info(tmp_path / "a").splits == {"train": 2}
    assert isinstance(split["noisy"], np.memmap)
    for name, array in arrays.items():
        np.testing.assert_array_equal(split[name], array)


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("before")
    with pytest.raises(RuntimeError), store.replacing(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for values in ({"a": np.zeros(1), "b": np.zeros(1)}, {"c": np.ones(1)}):
        store.write_arrays(tmp_path / "x", values)
    assert sorted(store.read_arrays(tmp_path / "x")) == ["c"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write there"), store.replacing(tmp_path / "file" / "x"):
        pass


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
