import math
from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.figures import estimates, tables
from tidemark.figures.views import DENOISE


def test_empty_cells_are_missing_values(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ["test,1,1,,2,3", "test,0,0,1,,3", "test,1,0,4,5,6", "loud,0,0,7,8,9"]
    path.write_text("\n".join(["test,signal,position,noisy,clean,estimate", *rows, ""]))
    first, second, third = estimates.examples(path, DENOISE)
    assert math.isnan(first.target[0]) and first.given[0] == 1
    np.testing.assert_array_equal(second.position, [0, 1])
    np.testing.assert_array_equal(second.given, [4, np.nan])
    assert [each.test for each in (first, second, third)] == ["test", "test", "loud"]


def test_examples_of_an_older_pipeline_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("signal,position,noisy,clean,estimate\n0,0,1,2,3\n")
    with pytest.raises(InputError, match="no column test; run `dvc repro` again"):
        estimates.examples(path, DENOISE)


def test_attention_of_another_shape_is_refused(tmp_path: Path) -> None:
    for name, shape in {"step": (2,), "estimate": (2, 4), "noisy": (4,), "clean": (4,)}.items():
        np.save(tmp_path / f"{name}.npy", np.zeros(shape))
    np.save(tmp_path / "attention_temporal.npy", np.full((4, 4), 0.25))
    found = estimates.learning(tmp_path, DENOISE)
    assert found is not None and list(found.attention) == ["temporal"]
    np.save(tmp_path / "attention_spectral.npy", np.zeros((4, 5)))
    with pytest.raises(InputError, match=r"attention_spectral.npy: shape \(4, 5\); expected \(4, 4\)"):
        estimates.learning(tmp_path, DENOISE)


def test_curves_leave_empty_losses_out(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text("dataset,model,step,split,loss\nd,m,2,train,0.5\nd,m,1,train,0.7\nd,m,1,validation,\n")
    curves = tables.curves(path)
    assert list(curves) == [("m", "train")]
    np.testing.assert_array_equal(curves["m", "train"].loss, [0.7, 0.5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset,model,step,split\n", "no column loss"),
        (
            "dataset,model,step,split,loss\nd,m,1,train,many\n",
            "row 2, column loss: 'many'; expected a number",
        ),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        tables.curves(path)


def test_learning_of_another_shape_is_refused(tmp_path: Path) -> None:
    for name, shape in {"step": (3,), "estimate": (2, 4), "noisy": (4,), "clean": (4,)}.items():
        np.save(tmp_path / f"{name}.npy", np.zeros(shape))
    with pytest.raises(InputError, match=r"shape \(2, 4\); expected \(3, 4\)"):
        estimates.learning(tmp_path, DENOISE)
    assert estimates.learning(tmp_path / "none", DENOISE) is None


def test_paper_metrics_need_a_device(tmp_path: Path) -> None:
    path = tmp_path / "sine-rnn.json"
    path.write_text('{"test": {"test": {"l1": {"value": 0.1, "low": 0.1, "high": 0.2}}}}')
    with pytest.raises(InputError, match="'device'"):
        tables.paper(tmp_path)
    assert tables.paper(tmp_path / "none") == {}
