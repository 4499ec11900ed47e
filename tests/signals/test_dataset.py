"""A dataset drawn from a law: its splits, what is hidden in it, what it says of itself, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tidemark.core import paths, store
from tidemark.core.errors import InputError
from tidemark.denoise.laws import sine
from tidemark.signals.dataset import generate_dataset

LAW = {"length": 24, "period": 12, "amplitude": 1, "offset": 100, "noise": 0.5}
ENTRY = {
    "generator": "sine", "seed": 3, "law": LAW, "train": 20, "validation": 5, "test": 9,
    "tests": {"loud": {"noise": 5.0}},
}  # fmt: skip
FILE = "pipelines/denoise/params.yaml"


@pytest.fixture
def generate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes the dataset `x` of the entry above, changed, and gives its folder."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("scale: laptop")
    Path(FILE).parent.mkdir(parents=True)

    def made(**changes: Any) -> Path:
        entry = {key: value for key, value in (ENTRY | changes).items() if value is not ...}
        Path(FILE).write_text(json.dumps({"datasets": {"x": entry}}))
        generate_dataset("denoise", "x")
        return paths.dataset("x")

    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_split_has_its_signals_of_a_stream_of_its_own(generate: Callable[..., Path]) -> None:
    folder = generate()
    law = sine.Law(**LAW)
    laws = {"train": law, "validation": law, "test": law, "loud": law.model_copy(update={"noise": 5.0})}
    for place, (split, own) in enumerate(laws.items()):
        found = store.read_split(folder, split)
        count = ENTRY.get(split, ENTRY["test"])
        expected = sine.generate(own, count, torch.Generator().manual_seed(3000 + place))
        assert found.keys() == expected.keys()
        for name, tensor in expected.items():
            np.testing.assert_array_equal(found[name], tensor.numpy())


def test_its_description_is_the_laws(generate: Callable[..., Path]) -> None:
    info = store.read_info(generate())
    assert (info.name, info.task, info.generator, info.seed) == ("x", "denoise", "sine", 3)
    assert info.splits == {"train": 20, "validation": 5, "test": 9, "loud": 9}
    assert (info.channels, info.length) == (1, 24)
    assert info.law == sine.Law(**LAW).model_dump(mode="json")
    assert info.tests["loud"] == {**info.law, "noise": 5.0}


def test_the_same_entry_gives_the_same_bytes_and_another_seed_others(generate: Callable[..., Path]) -> None:
    first = contents(generate())
    assert contents(generate()) == first
    other = contents(generate(seed=4))
    assert other.keys() == first.keys()
    assert all(other[name] != first[name] for name in first if name.endswith("noisy.npy"))


def test_another_test_set_changes_nothing_of_the_rest(generate: Callable[..., Path]) -> None:
    before = contents(generate())
    after = contents(generate(tests={"loud": {"noise": 5.0}, "quiet": {"noise": 0.01}}))
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"test/tests.json"} | {name for name in after if name.startswith("test/quiet/")}
    assert "test/quiet/noisy.npy" in changed


@pytest.mark.parametrize(("amount", "expected"), [(7, 7), (0.25, 120)])
def test_targets_are_hidden_in_training_alone(
    generate: Callable[..., Path], amount: float, expected: int
) -> None:
    whole = {split: dict(store.read_split(generate(), split)) for split in ("train", "validation", "test")}
    whole = {split: {name: np.array(array) for name, array in each.items()} for split, each in whole.items()}
    folder = generate(missing_targets=amount, target="clean")
    for split, arrays in whole.items():
        found = store.read_split(folder, split)
        np.testing.assert_array_equal(found["noisy"], arrays["noisy"])
        hidden = np.isnan(found["clean"])
        assert hidden.sum() == (expected if split == "train" else 0)
        np.testing.assert_array_equal(found["clean"][~hidden], arrays["clean"][~hidden])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"generator": "cosine"}, ".generator: no file of src/tidemark/denoise/laws is named 'cosine'; expected one of lincomb, sine"),
        ({"train": 0}, ".train = 0: input should be greater than or equal to 1"),
        ({"test": ...}, ".test: missing key; add it"),
        ({"splits": {}}, ".splits: unknown key; expected one of generator, law, missing_targets, "),
        ({"seed": -1}, ".seed = -1"),
        ({"law": LAW | {"length": 1}}, ".law.length = 1"),
        ({"law": LAW | {"lenth": 1}}, ".law.lenth: unknown key; expected one of amplitude, length, noise, "),
        ({"tests": {"loud": {"nose": 5}}}, ".tests.loud.nose: unknown key; expected one of amplitude, "),
        ({"tests": {"train": {}}}, ": tests.train: this split is there already; choose another name"),
        ({"tests": {"a/b": {}}}, ".tests.a/b"),
        ({"missing_targets": 0.7, "target": "clean"}, ": missing_targets as a share is at most 0.5"),
        ({"missing_targets": 300, "target": "clean"}, ".missing_targets = 300: more than half of the 480 values; hide fewer"),
        ({"missing_targets": 7}, ": missing_targets: say in which array, with target"),
        ({"missing_targets": 7, "target": "cleen"}, ".target = 'cleen': no such array; expected one of amplitude, clean, noisy, "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_written(
    generate: Callable[..., Path], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        generate(**changes)
    assert str(error.value).startswith(f"{FILE}: datasets.x{message}")
    assert "\n" not in str(error.value)
    assert not paths.dataset("x").exists()
