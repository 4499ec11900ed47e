"""What `tidemark check` finds beyond what reading params.yaml finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.changed_params import default_tree, write_params
from tidemark.core.errors import InputError
from tidemark.pipeline.check import check

PARAMS = Path(__file__).parents[2] / "params.yaml"


def change(*path: str) -> Callable[[dict[str, Any], Any], None]:
    def put(tree: dict[str, Any], value: Any) -> None:
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value

    return put


def test_the_committed_file_passes() -> None:
    assert "harmonics-lstm" in check(PARAMS).networks


@pytest.mark.parametrize(
    ("put", "value", "message"),
    [
        (change("models", "harmonics-lstm", "dataset"), "sine", "models.harmonics-lstm.dataset = 'sine': signals to denoise, not"),
        (change("baselines", "sine-raw", "dataset"), "harmonics", "baselines.sine-raw.dataset = 'harmonics': signals to forecast"),
        (change("datasets", "sine", "law", "length"), 1, "datasets.sine.law.length = 1"),
        (change("datasets", "harmonics", "tests", "components-3"), {"compnents": 3}, "datasets.harmonics.tests.components-3.compnents: unknown key"),
        (change("models", "sine-rnn", "hyperparameters"), {"cell": "lstm"}, "models.sine-rnn.hyperparameters.cell = 'lstm'"),
        (change("models", "harmonics-rich-encoder-gru", "training", "curriculum"), [{"steps": 1, "law": {"period": 0}}], "models.harmonics-rich-encoder-gru.training.curriculum.0.law.period"),
        (change("baselines", "harmonics-dft-hamming", "options"), {"window": "hann"}, "baselines.harmonics-dft-hamming.options.window = 'hann'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(
    tmp_path: Path, put: Callable[..., None], value: object, message: str
) -> None:
    tree = default_tree()
    put(tree, value)
    with pytest.raises(InputError) as error:
        check(write_params(tmp_path, tree))
    assert message in str(error.value)
    assert "\n" not in str(error.value)
