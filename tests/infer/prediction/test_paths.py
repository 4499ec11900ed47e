"""Sample paths and a chosen number of inferred steps, written into files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from support.models import signals
from tidemark.core.errors import InputError
from tidemark.core.trained import Trained, TrainedInfo
from tidemark.infer.models.learned_covariance import Hyperparameters, Model
from tidemark.prediction.files import predict_file

MANY = 80


@pytest.fixture
def model() -> Trained:
    """A Gaussian process of one sequence, 20 samples long, whose means and deviations are exact."""
    info = signals(task="infer", mean=[3.0], std=[2.0])
    torch.manual_seed(0)
    described = TrainedInfo("model", "learned_covariance", {}, causal=False, parameters=0, dataset=info)
    return Trained(described, Model(Hyperparameters(), 1, 20).eval(), torch.device("cpu"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    values = 3 + 2 * np.sin(np.arange(20) / 3)
    values[[2, 3, 4, 5, 9, 17, 18, 19]] = np.nan
    np.save(tmp_path / "x.npy", values)
    return tmp_path / "x.npy"


def test_paths_have_the_mean_and_deviation_that_the_model_says(model: Trained, file: Path) -> None:
    done = predict_file(model, str(file), paths=MANY)
    assert done.summary.count("\n") == MANY - 1
    paths = np.stack([np.load(file.with_name(f"x-inferred-path-{k}.npy")) for k in range(1, MANY + 1)])
    predict_file(model, str(file))
    predict_file(model, str(file), std=True)
    mean, std = (np.load(file.with_name(f"x-{name}.npy")) for name in ("inferred", "inferred-std"))
    missing = np.isnan(np.load(file))
    np.testing.assert_array_equal(paths[:, ~missing], np.broadcast_to(mean[~missing], (MANY, 12)))
    z = (paths - mean)[:, missing] / std[missing]
    assert np.abs(z.mean(0)).max() < 4 / np.sqrt(MANY)
    assert np.abs(z.std(0) - 1).max() < 4 / np.sqrt(2 * MANY)


def test_a_path_is_the_same_whenever_it_is_drawn_and_named_as_asked(model: Trained, file: Path) -> None:
    predict_file(model, str(file), str(file.with_name("y.npy")), paths=2)
    predict_file(model, str(file), str(file.with_name("z.npy")), paths=1)
    first, second, again = (np.load(file.with_name(name)) for name in ("y-1.npy", "y-2.npy", "z.npy"))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("steps", [1, 3, 9])
def test_only_so_many_values_of_each_gap_are_inferred(model: Trained, file: Path, steps: int) -> None:
    predict_file(model, str(file))
    whole = np.load(file.with_name("x-inferred.npy"))
    predict_file(model, str(file), steps=steps)
    found = np.load(file.with_name("x-inferred.npy"))
    inferred = [*range(2, min(2 + steps, 6)), 9, *range(17, min(17 + steps, 20))]
    expected = np.where(np.isnan(np.load(file)), np.nan, whole)
    expected[inferred] = whole[inferred]
    np.testing.assert_array_equal(found, expected)


def test_gaps_are_counted_across_pieces_of_a_file(tmp_path: Path, model: Trained) -> None:
    from tidemark.signals.recordings import delimited_lines

    rows = [f"{k % 7}" if k % 7 < 3 else "" for k in range(400)]
    (tmp_path / "x.csv").write_text("t,a\n" + "".join(f"{k},{row}\n" for k, row in enumerate(rows)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_lines, "BATCH_BYTES", 50)
        predict_file(model, str(tmp_path / "x.csv"), steps=2, columns=["a"])
    written = (tmp_path / "x-inferred.csv").read_text().splitlines()[1:]
    assert [k for k, row in enumerate(written) if row.endswith(",")] == [k for k in range(400) if k % 7 >= 5]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"paths": 0}, "--paths 0: expected at least 1"),
        ({"paths": 2, "std": True}, "leave out --std"),
        ({"steps": 0}, "--steps 0: expected at least 1"),
    ],
)
def test_what_cannot_be_is_refused(
    model: Trained, file: Path, options: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        predict_file(model, str(file), **options)
    with pytest.raises(InputError, match="holds one"):
        predict_file(model, str(file), "-", paths=2)
